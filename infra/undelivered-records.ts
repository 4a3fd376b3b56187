import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IEventSourceDlq, IEventSourceMapping, IFunction } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { removalPolicy, type Settings } from './settings.ts';

/** The records contain whole rows, so copies are not kept forever. */
const RETENTION = Duration.days(90);

/** The bucket for undelivered change records: the queue did not accept them while the stream kept them. */
export class UndeliveredRecords extends Bucket implements IEventSourceDlq {
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // Deleted and overwritten objects can be restored.
      versioned: true,
      lifecycleRules: [
        {
          expiration: RETENTION,
          noncurrentVersionExpiration: Duration.days(30),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      removalPolicy: removalPolicy(settings),
    });
  }

  /** Grants Lambda only write access. The CDK's S3OnFailureDestination would also grant read and delete access. */
  bind(_mapping: IEventSourceMapping, target: IFunction) {
    target.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucketArn] }));
    // All objects, because Lambda chooses their names. The bucket has no other content.
    target.addToRolePolicy(new PolicyStatement({ actions: ['s3:PutObject'], resources: [this.arnForObjects('*')] }));
    return { destination: this.bucketArn };
  }
}
