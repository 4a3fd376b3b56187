import { doctor as diagnose } from '../../../functions/operations/doctor.ts';
import { prove, type World } from '../world.ts';

export async function doctor(world: World): Promise<string> {
  const { deployed } = world.state;
  prove(deployed, 'the stage is not deployed');
  const { findings, inconclusive } = await diagnose(deployed.deps);
  prove(findings.length === 0, findings.map(({ where, what }) => `${where}: ${what}`).join('; '));
  const unexpected = world.platform === 'aws' ? inconclusive : [];
  prove(
    unexpected.length === 0,
    `not checked: ${unexpected.map(({ where, because }) => `${where}: ${because}`).join('; ')}`,
  );
  const note = inconclusive.length === 0 ? '' : ` (${inconclusive.length} checks are inconclusive on the emulator)`;
  return `doctor has no findings${note}`;
}
