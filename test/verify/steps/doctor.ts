import { doctor as diagnose } from '../../../functions/operations/doctor.ts';
import { prove, type World } from '../world.ts';

export async function doctor(world: World): Promise<string> {
  const { deployed } = world.state;
  prove(deployed, 'nothing is deployed');
  const { findings, inconclusive } = await diagnose(deployed.deps);
  prove(findings.length === 0, findings.map(({ where, what }) => `${where}: ${what}`).join('; '));
  const could = world.platform === 'aws' ? inconclusive : [];
  prove(could.length === 0, `not checked: ${could.map(({ where, because }) => `${where}: ${because}`).join('; ')}`);
  const not = inconclusive.length === 0 ? '' : ` (${inconclusive.length} questions that the emulator does not respond)`;
  return `doctor finds nothing wrong${not}`;
}
