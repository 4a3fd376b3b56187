/** What AWS allows in us-east-1 unless it is asked for more, each with what of ours uses it up. */
export const quotas = {
  functions: { limit: 1_000, what: 'functions at once, of the account' },
  inFlight: { limit: 120_000, what: 'messages out of sight, of a FIFO queue' },
  queued: { limit: 120_000, what: 'messages that a FIFO queue looks through for records that are free' },
  messages: { limit: 70_000, what: 'messages a second, of a high-throughput FIFO queue' },
  partitionMessages: { limit: 3_000, what: 'messages a second in batches of ten, of one partition of a FIFO queue' },
  partitionWrites: { limit: 1_000, what: 'small writes a second, of one partition of a table' },
  shardRecords: { limit: 1_000, what: 'changes a second, of one stream shard: its partition takes no more' },
} as const;
