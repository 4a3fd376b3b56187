import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';

/** Adds variables to a deployed function. @returns A function that restores it. */
export async function setVariables(
  FunctionName: string,
  variables: Readonly<Record<string, string>>,
  timeoutSeconds?: number,
): Promise<() => Promise<unknown>> {
  const lambda = new LambdaClient();
  const { Environment, Timeout } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const update = (Variables: Record<string, string> | undefined, seconds: number | undefined) =>
    lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables }, Timeout: seconds }));
  await update({ ...Environment?.Variables, ...variables }, timeoutSeconds ?? Timeout);
  return () => update(Environment?.Variables, Timeout);
}
