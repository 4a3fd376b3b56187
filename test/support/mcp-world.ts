import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { ElicitRequestSchema, type ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { commands } from '../../cli/commands.ts';
import { mcpServer } from '../../cli/mcp/server.ts';
import { DeliveryLog } from '../../functions/adapters/delivery-log.ts';
import { set } from '../../functions/operations/set-url.ts';
import { setHeader } from '../../functions/operations/signing-secrets.ts';
import { adminWorld } from './admin-world.ts';
import { logEntry } from './log-entries.ts';
import { logTable } from './log-table.ts';

export interface Setup {
  readonly allowWrites?: boolean;
  /** The user's reply to a question. Without it, the client cannot ask. */
  readonly reply?: ElicitResult['action'];
  readonly overrides?: Record<string, unknown>;
}

/** The table of tasks, in pages of 100. */
export function tasks(rows: number): Pick<Setup, 'overrides'> {
  const send = async ({ input }: { input: { Limit?: number; ExclusiveStartKey?: { TaskID: { S: string } } } }) => {
    if (input.Limit === undefined) return { Table: { KeySchema: [{ AttributeName: 'TaskID', KeyType: 'HASH' }] } };
    const begin = Number(input.ExclusiveStartKey?.TaskID.S.slice(1) ?? -1) + 1;
    const end = Math.min(begin + input.Limit, rows);
    const Items = Array.from({ length: end - begin }, (_, n) => ({
      AccountID: { S: `a${begin + n}` },
      TaskID: { S: `t${begin + n}` },
    }));
    return { Items, ...(end < rows && { LastEvaluatedKey: { TaskID: { S: `t${end - 1}` } } }) };
  };
  return { overrides: { dynamodb: { send }, crmTables: { task: 'Tasks' } } };
}

/** An MCP server over stores in memory, and its client, in a working folder of its own. */
export async function mcpWorld(t: TestContext, { allowWrites = false, reply, overrides }: Setup = {}) {
  const log = new DeliveryLog('log', logTable().client);
  await log.write([logEntry({ trigger: 'task.edit' })]);
  const dynamodb = { send: async () => ({ Table: {} }) };
  const crmTables = { task: 'Tasks' };
  const sqs = { send: async () => ({ Attributes: {} }) };
  const made = adminWorld({ log, sqs, dynamodb, crmTables, ...overrides });
  const folder = await mkdtemp(join(tmpdir(), 'crm-triggers-test-'));
  const before = process.cwd();
  process.chdir(folder);
  t.after(() => process.chdir(before));
  t.after(() => rm(folder, { recursive: true }));
  await set(made.deps, 'task.edit', 'https://ada:MARKER-1@example.com/hook?token=MARKER-2');
  await setHeader(made.deps, 'task.edit', 'X-Token', 'MARKER-3');
  const questions: string[] = [];
  const client = new Client({ name: 'test', version: '1' }, { capabilities: reply ? { elicitation: {} } : {} });
  if (reply)
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      questions.push(params.message);
      return { action: reply, ...(reply === 'accept' && { content: {} }) };
    });
  const [here, there] = InMemoryTransport.createLinkedPair();
  const server = mcpServer(made.deps, commands, allowWrites);
  await Promise.all([server.connect(there), client.connect(here)]);
  t.after(() => client.close());
  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const { content, isError = false } = await client.callTool({ name, arguments: args });
    return { text: (content as { text: string }[])[0]?.text ?? '', isError };
  };
  const urlOf = async (trigger: 'task.edit' | 'task.create') =>
    (await made.triggersTable.read([trigger])).get(trigger)?.url;
  return { ...made, deliveryLog: log, client, call, questions, urlOf };
}
