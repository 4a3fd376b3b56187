import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IEventSourceDlq, IEventSourceMapping, IFunction } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { removalPolicy, type Settings } from './settings.ts';

/** Long enough for people to act on it. These are whole rows, which nobody should keep for ever in a second place. */
const KEPT = Duration.days(90);

/** The bucket for stream records that the queue did not take for as long as the stream remembers. */
export class Unsent extends Bucket implements IEventSourceDlq {
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // What is deleted or written over by mistake can be brought back.
      versioned: true,
      lifecycleRules: [
        {
          expiration: KEPT,
          noncurrentVersionExpiration: Duration.days(30),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      removalPolicy: removalPolicy(settings),
    });
  }

  /** What Lambda needs to write here, and no more: CDK's own S3OnFailureDestination also lets a function read and delete. */
  bind(_mapping: IEventSourceMapping, target: IFunction) {
    target.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucketArn] }));
    // Every object: Lambda makes up the names, and nothing else is in here.
    target.addToRolePolicy(new PolicyStatement({ actions: ['s3:PutObject'], resources: [this.arnForObjects('*')] }));
    return { destination: this.bucketArn };
  }
}
