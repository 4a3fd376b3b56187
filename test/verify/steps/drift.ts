import { DeleteEventSourceMappingCommand, GetEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { stackName } from '../../../functions/core/stack-name.ts';
import { Inspector, liveAws } from '../../../functions/operations/doctor/inspector.ts';
import { doctor as diagnose } from '../../../functions/operations/doctor.ts';
import { accepted, prove, send, stageOf, until, type World } from '../world.ts';

const REVERT = '--revert-drift';

export async function drift(world: World): Promise<string> {
  const { deps, agent } = stageOf(world);
  const aws = liveAws();
  const look = await new Inspector(aws).at(stackName('CrmTriggers', world.stage));
  const UUID = look.find('AWS::Lambda::EventSourceMapping', 'CaptureTaskFunction');
  await aws.lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
  await until(world, 'the stream mapping is deleted', async () =>
    aws.lambda.send(new GetEventSourceMappingCommand({ UUID })).then(
      () => false,
      ({ name }) => name === 'ResourceNotFoundException',
    ),
  );
  const { findings } = await diagnose(deps);
  const advised = findings.filter(({ fix }) => fix.includes(REVERT));
  prove(advised.length === 1, `doctor advises ${REVERT} in ${advised.length} findings: ${JSON.stringify(findings)}`);
  await world.cdk(['deploy', 'CrmTriggers', '--require-approval', 'never', REVERT]);
  const left = (await diagnose(deps)).findings;
  prove(left.length === 0, `doctor still finds: ${left.map(({ where, what }) => `${where}: ${what}`).join('; ')}`);
  await send(world, 'reverted', 'task.create');
  await agent.do('create', 'task', { AccountID: `V-${world.run}`, TaskID: 'T' });
  const query = `?AccountID=V-${world.run}&TaskID=T`;
  // The new mapping starts at the oldest record of the stream, so older changes are called again with the same IDs.
  const isCalled = async () => (await accepted(world, 'reverted')).some((call) => call.query === query);
  await until(world, 'a call after the drift was reverted', isCalled);
  return `doctor finds a stream mapping that was deleted by hand, and ${REVERT}, which it advises, restores it: doctor has no findings, and a change is called`;
}
