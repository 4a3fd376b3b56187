/** The default quotas of AWS in us-east-1. */
export const quotas = {
  functions: {
    limit: 1_000,
    what: 'concurrent executions of an account',
    source: 'AWS Lambda Developer Guide, quotas',
  },
  inFlight: {
    limit: 120_000,
    what: 'messages in flight of a FIFO queue',
    source: 'Amazon SQS Developer Guide, FIFO queue quotas',
  },
  queued: {
    limit: 120_000,
    what: 'messages that a FIFO queue searches for available message groups',
    source: 'Amazon SQS Developer Guide, avoiding a backlog with the same message group',
  },
  messages: {
    limit: 70_000,
    what: 'messages a second of a high-throughput FIFO queue',
    source: 'Amazon SQS Developer Guide, message quotas',
  },
  partitionMessages: {
    limit: 3_000,
    what: 'messages a second of one of its partitions, in batches of ten',
    source: 'Amazon SQS Developer Guide, high throughput: 300 requests a second',
  },
  partitionWrites: {
    limit: 1_000,
    what: 'small writes a second of one partition; DynamoDB does not split a partition that is sorted by time',
    source: 'Amazon DynamoDB Developer Guide, partition keys',
  },
  shardRecords: {
    limit: 1_000,
    what: 'changes a second of one stream shard, because its partition accepts no more',
    source: 'Amazon DynamoDB Developer Guide, streams',
  },
} as const;
