import { oneLine } from '../../functions/core/printable.ts';
import { doctor } from '../../functions/operations/doctor.ts';
import type { Command, Printed } from '../command.ts';

type Diagnosis = Pick<Awaited<ReturnType<typeof doctor>>, 'findings' | 'inconclusive'> & {
  readonly notes?: readonly string[];
};

export const doctorCommand: Command = {
  summary: 'Check the deployment and print a fix for each problem',
  details:
    'It checks streams, tables, mappings, permissions, the queue, the schedule, URLs, and backlogs that drain does not deliver. It takes a minute longer if drain seems to leave notifications in a backlog. Exit status 1 if it finds a problem.',
  examples: ['doctor', 'doctor --before-deploy'],
  tool: { writes: false, without: ['before-deploy'] },
  words: [],
  options: ['before-deploy'],
  alone: ({ stage = 'main', 'before-deploy': before }) => (before ? beforeDeployText(stage) : undefined),
  run: async (deps) => diagnosisText(await doctor(deps)),
};

function diagnosisText({ findings, inconclusive, notes = [] }: Diagnosis): Printed {
  const found = findings.map(({ where, what, fix }) => `${oneLine(`${where}: ${what}`)}\n  Fix: ${oneLine(fix)}`);
  const not = inconclusive.map(({ where, because }) => oneLine(`not looked at: ${where}: ${because}`));
  const all = inconclusive.length === 0 ? '' : ' with what could be looked at';
  const well = findings.length === 0 ? [`Nothing is wrong${all}.`] : [];
  const known = notes.map((note) => oneLine(`note: ${note}`));
  const text = [...found, ...not, ...known, ...well].join('\n');
  return { json: { findings, inconclusive, notes }, text, failed: findings.length > 0 };
}

/** Imports the AWS clients here, because no other command needs them. */
async function beforeDeployText(stage: string): Promise<Printed> {
  const { beforeDeploy, stageOf } = await import('../../functions/operations/doctor/before-deploy.ts');
  return diagnosisText(await beforeDeploy(stage, await stageOf(stage)));
}
