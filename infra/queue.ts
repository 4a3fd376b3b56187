import { Duration } from 'aws-cdk-lib';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DELIVER_TIMEOUT } from './deliver.ts';
import { removalPolicy, type Settings } from './settings.ts';

/** The longest that SQS keeps a message. */
const LONGEST_RETENTION = Duration.days(14);

/** The FIFO queue between capture and deliver, and where messages go that no code can deliver. */
export class DeliveryQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const house = {
      fifo: true,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // High throughput: limits and deduplication count per record, not per queue.
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      retentionPeriod: LONGEST_RETENTION,
      removalPolicy: removalPolicy(settings),
    };
    this.deadLetterQueue = new Queue(this, 'DeadLetters', house);
    this.queue = new Queue(this, 'Queue', {
      ...house,
      // Lambda asks for six times the function's timeout. Deliver sets the time of each message that it returns.
      visibilityTimeout: Duration.seconds(6 * DELIVER_TIMEOUT.toSeconds()),
      // Deliver moves to Failed by attempts. Receives say little, since a waiting notification's followers are received with it;
      // this limit, the highest there is, only ends what would kill the function again and again.
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: 1000 },
    });
  }
}
