import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import {
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  type GetFunctionConfigurationCommandOutput,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { asUserError } from '../deployment.ts';

/** Whom the doctor asks beside those that the admin's operations use. */
export const liveAws = () => ({
  cloudformation: new CloudFormationClient(),
  eventbridge: new EventBridgeClient(),
  iam: new IAMClient(),
  kms: new KMSClient(),
  lambda: new LambdaClient(),
});

export type DoctorAws = ReturnType<typeof liveAws>;

/** What could not be inspected, and why. */
export interface Inconclusive {
  readonly where: string;
  readonly because: string;
}

/** What AWS said: the thing, `null` when there is no such thing, `undefined` when it gave no response. */
export type Checked<Thing> = Thing | null | undefined;

/** Makes a request. A request that fails (no permission, not in this emulator) affects no other check. */
export class Checking {
  readonly inconclusive: Inconclusive[] = [];

  async ask<Thing>(where: string, request: Promise<Thing>): Promise<Checked<Thing>> {
    try {
      return await request;
    } catch (error) {
      const { name, message } = asUserError(error) as Error;
      if (/NotFound|NonExistent|DoesNotExist|NoSuch/.test(name)) return null;
      this.inconclusive.push({ where, because: message });
      return undefined;
    }
  }
}

/** Looks at a stack. */
export class Inspector extends Checking {
  readonly aws: DoctorAws;
  /** Type, logical id and physical id of all that the stack holds. */
  readonly #resources: (readonly [string, string, string])[] = [];

  constructor(aws: DoctorAws) {
    super();
    this.aws = aws;
  }

  /**
   * Reads the resources of a stack.
   *
   * @throws When CloudFormation does not respond.
   */
  async at(StackName: string): Promise<this> {
    let NextToken: string | undefined;
    do {
      const page = await this.aws.cloudformation.send(new ListStackResourcesCommand({ StackName, NextToken }));
      for (const {
        ResourceType = '',
        LogicalResourceId = '',
        PhysicalResourceId = '',
      } of page.StackResourceSummaries ?? [])
        this.#resources.push([ResourceType, LogicalResourceId, PhysicalResourceId]);
      NextToken = page.NextToken;
    } while (NextToken);
    return this;
  }

  /** The physical id of the stack's thing of this type whose logical id begins so. */
  find(type: string, logical: string): string | undefined {
    return this.#resources.find(([of, name]) => of === type && name.startsWith(logical))?.[2];
  }

  /** The function of a stage: `CaptureCustomer`, `Deliver`. */
  async function(stage: string): Promise<Checked<GetFunctionConfigurationCommandOutput>> {
    const FunctionName = this.find('AWS::Lambda::Function', `${stage}Function`);
    if (!FunctionName) return null;
    const get = new GetFunctionConfigurationCommand({ FunctionName });
    return this.ask(`the function ${FunctionName}`, this.aws.lambda.send(get));
  }

  /** What feeds the function of a stage. */
  async mapping(stage: string): Promise<Checked<EventSourceMappingConfiguration>> {
    const UUID = this.find('AWS::Lambda::EventSourceMapping', `${stage}Function`);
    if (!UUID) return null;
    return this.ask(`what feeds ${stage}`, this.aws.lambda.send(new GetEventSourceMappingCommand({ UUID })));
  }

  /** Which of these actions a role may not do: nothing, or one text. */
  async denied(role: string, ActionNames: string[], resource: string): Promise<string[]> {
    const simulate = new SimulatePrincipalPolicyCommand({
      PolicySourceArn: role,
      ActionNames,
      ResourceArns: [resource],
    });
    const response = await this.ask(`what ${role} may do`, this.aws.iam.send(simulate));
    const rejected = (response?.EvaluationResults ?? []).filter(({ EvalDecision }) => EvalDecision !== 'allowed');
    if (rejected.length === 0) return [];
    return [`${rejected.map(({ EvalActionName }) => EvalActionName).join(', ')} on ${resource}`];
  }
}
