/** The default quotas of AWS in us-east-1. */
export const quotas = {
  functions: { limit: 1_000, what: 'functions at once, of an account', source: 'AWS Lambda Developer Guide, quotas' },
  inFlight: {
    limit: 120_000,
    what: 'messages out of sight, of a FIFO queue',
    source: 'Amazon SQS Developer Guide, FIFO queue quotas',
  },
  queued: {
    limit: 120_000,
    what: 'messages that a FIFO queue looks through for records that are free',
    source: 'Amazon SQS Developer Guide, avoiding a backlog with the same message group',
  },
  messages: {
    limit: 70_000,
    what: 'messages a second, of a high-throughput FIFO queue',
    source: 'Amazon SQS Developer Guide, message quotas',
  },
  partitionMessages: {
    limit: 3_000,
    what: 'messages a second in batches of ten, of one partition of it',
    source: 'Amazon SQS Developer Guide, high throughput: 300 requests a second',
  },
  partitionWrites: {
    limit: 1_000,
    what: 'small writes a second, of one partition of a table; one that is sorted by time is not split',
    source: 'Amazon DynamoDB Developer Guide, partition keys',
  },
  shardRecords: {
    limit: 1_000,
    what: 'changes a second, of one shard of a stream: its partition takes no more',
    source: 'Amazon DynamoDB Developer Guide, streams',
  },
} as const;
