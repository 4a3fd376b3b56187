import { DynamoDBInMemory } from '../model/dynamodb.ts';
import { conformance } from './conformance.ts';
import { keys } from './harness.ts';

conformance('stores in memory', async () => ({
  client: new DynamoDBInMemory(keys).client(),
  names: { triggers: 'triggers', backlog: 'backlog', audit: 'audit', secrets: 'secrets', log: 'log' },
  drop: async () => {},
}));
