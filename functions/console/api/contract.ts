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

/** The parts of a request: the parameters of its path, its query, its body, and the version that it overwrites. */
export type ApiRequest<E extends Endpoint> = PathParameters<Contract[E]['path']> &
  Field<'query', Contract[E]['query']> &
  Field<'body', Contract[E]['body']> &
  (Contract[E] extends { readonly locked?: infer Locked }
    ? [Extract<Locked, true>] extends [never]
      ? unknown
      : { readonly expectedVersion: number | string }
    : never);

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
