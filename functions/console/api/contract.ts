import type * as z from 'zod/mini';
import type { Trigger } from '../../core/entity.ts';
import type { Schema } from './route.ts';
import type { routes } from './routes.ts';

type AnyRoute = (typeof routes)[number];
type Contract = { [R in AnyRoute as `${R['method']} ${R['path']}`]: R };

/** A method and a path, such as `GET /triggers/{trigger}/secret`. */
export type Endpoint = keyof Contract;

/** The body of a response with the status 200. */
export type ApiResponse<E extends Endpoint> = z.output<Contract[E]['response']>;

/** The path parameters, the query and the body of a request, and the version of the URL that it overwrites. */
export type ApiRequest<E extends Endpoint> = PathParameters<Contract[E]['path']> &
  Field<'query', Contract[E]['query']> &
  Field<'body', Contract[E]['body']> &
  (true extends Contract[E]['locked'] ? { readonly expectedVersion: number | string } : unknown);

interface ParameterTypes {
  readonly trigger: Trigger;
  readonly name: string;
}

type PathParameters<Path extends string> = {
  readonly [Name in keyof ParameterTypes as Path extends `${string}{${Name}}${string}`
    ? Name
    : never]: ParameterTypes[Name];
};

type Field<Name extends string, S> = [Extract<S, Schema>] extends [never]
  ? unknown
  : { readonly [_ in Name]: z.input<Extract<S, Schema>> };
