import { Duration } from 'aws-cdk-lib';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { VISIBILITY_MS } from '../functions/core/deliver-times.ts';
import { removalPolicy, type Settings } from './settings.ts';

/** The maximum of SQS. */
const LONGEST_RETENTION = Duration.days(14);

/** The FIFO queue between capture and deliver, with its dead-letter queue. */
export class DeliveryQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const defaults = {
      fifo: true,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // High throughput: limits and deduplication apply per record, not per queue.
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      retentionPeriod: LONGEST_RETENTION,
      removalPolicy: removalPolicy(settings),
    };
    this.deadLetterQueue = new Queue(this, 'DeadLetters', defaults);
    this.queue = new Queue(this, 'Queue', {
      ...defaults,
      // Deliver sets the visibility timeout of each message that it returns.
      visibilityTimeout: Duration.millis(VISIBILITY_MS),
      // The maximum of SQS. It only removes messages that stop the function each time. Deliver counts attempts, not receives, to move
      // a notification to Failed: notifications behind one that waits for a retry are received with it.
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: 1000 },
    });
  }
}
