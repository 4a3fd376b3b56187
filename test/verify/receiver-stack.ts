import { join } from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { root } from '../../infra/folders.ts';

/** The receiver of the verification: HTTP API → function → table. All its resources are deleted with the stack. */
export class ReceiverStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const removalPolicy = RemovalPolicy.DESTROY;
    const text = (name: string) => ({ name, type: AttributeType.STRING });
    const table = new TableV2(this, 'Table', { partitionKey: text('lane'), sortKey: text('place'), removalPolicy });
    const receiver = new NodejsFunction(this, 'Function', {
      entry: join(import.meta.dirname, 'receiver.ts'),
      projectRoot: root,
      depsLockFilePath: join(root, 'package-lock.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      environment: { RECEIVER_TABLE: table.tableName },
      timeout: Duration.seconds(29),
      memorySize: 256,
      logGroup: new LogGroup(this, 'FunctionLogs', { removalPolicy }),
      bundling: { format: OutputFormat.ESM, mainFields: ['module', 'main'], target: 'node24', externalModules: [] },
    });
    table.grant(receiver, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    const api = new HttpApi(this, 'Api');
    const integration = new HttpLambdaIntegration('Function', receiver);
    api.addRoutes({ path: '/{proxy+}', methods: [HttpMethod.GET], integration });
    new CfnOutput(this, 'ReceiverUrl', { value: api.apiEndpoint });
    new CfnOutput(this, 'ReceiverTable', { value: table.tableName });
  }
}
