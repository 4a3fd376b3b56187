import { type Requested, type Responded, respond } from './receiver-core.ts';
import { ReceiverTable } from './receiver-table.ts';

const table = new ReceiverTable(process.env.RECEIVER_TABLE ?? '');

export const handler = (event: Requested): Promise<Responded> => respond(event, table);
