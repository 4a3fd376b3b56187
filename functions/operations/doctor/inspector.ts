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

/** The AWS clients that only the doctor uses. */
export const liveAws = () => ({
  cloudformation: new CloudFormationClient(),
  eventbridge: new EventBridgeClient(),
  iam: new IAMClient(),
  kms: new KMSClient(),
  lambda: new LambdaClient(),
});

export type DoctorAws = ReturnType<typeof liveAws>;

/** A check that could not be made, and why. */
export interface Inconclusive {
  readonly where: string;
  readonly because: string;
}

/** A response of AWS: the resource, `null` if it does not exist, `undefined` if the request failed. */
export type Checked<Thing> = Thing | null | undefined;

/** Makes a request. A failure (no permission, not in this emulator) does not affect other checks. */
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

/** Reads the resources of a stack. */
export class Inspector extends Checking {
  readonly aws: DoctorAws;
  /** The type, logical ID and physical ID of each resource. */
  readonly #resources: (readonly [string, string, string])[] = [];

  constructor(aws: DoctorAws) {
    super();
    this.aws = aws;
  }

  /**
   * Reads the resources of a stack.
   *
   * @throws If CloudFormation does not respond.
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

  /** Returns the physical ID of the resource of this type whose logical ID has this prefix. */
  find(type: string, logical: string): string | undefined {
    return this.#resources.find(([of, name]) => of === type && name.startsWith(logical))?.[2];
  }

  /** Returns a function by its logical name: `CaptureCustomer`, `Deliver`. */
  async function(stage: string): Promise<Checked<GetFunctionConfigurationCommandOutput>> {
    const FunctionName = this.find('AWS::Lambda::Function', `${stage}Function`);
    if (!FunctionName) return null;
    const get = new GetFunctionConfigurationCommand({ FunctionName });
    return this.ask(`the function ${FunctionName}`, this.aws.lambda.send(get));
  }

  /** Returns the event source mapping of a function. */
  async mapping(stage: string): Promise<Checked<EventSourceMappingConfiguration>> {
    const UUID = this.find('AWS::Lambda::EventSourceMapping', `${stage}Function`);
    if (!UUID) return null;
    return this.ask(`what feeds ${stage}`, this.aws.lambda.send(new GetEventSourceMappingCommand({ UUID })));
  }

  /** Returns the actions that a role may not do, as a list with at most one text. */
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
