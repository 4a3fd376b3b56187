import assert from 'node:assert/strict';
import { Template } from 'aws-cdk-lib/assertions';
import { CrmTriggersStack } from '../../infra/stack.ts';
import { context, newApp } from './app.ts';

/** The stack without bundles. */
export function stackOf(stage?: string, stages: unknown = context.stages): CrmTriggersStack {
  return new CrmTriggersStack(newApp({ stages, stage }), 'CrmTriggers');
}

export const synth = (stage?: string, stages?: unknown): Template => Template.fromStack(stackOf(stage, stages));

/** The default stage. */
export const main = synth();

// biome-ignore lint/suspicious/noExplicitAny: a template is JSON of any shape
export type Properties = Record<string, any>;

/** The properties of all resources of a type, with their ids. */
export const all = (type: string, template = main): [string, Properties][] =>
  Object.entries(template.findResources(type)).map(([id, { Properties }]) => [id, Properties]);

export function only<T>(list: readonly T[]): T {
  assert.equal(list.length, 1);
  return list[0] as T;
}

/** A construct's id without the hash at its end. */
export const plain = (id: string): string => id.replace(/[0-9A-F]{8}$/, '');
