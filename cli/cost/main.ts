// npm run cost -- --changes-per-month N: the cost of a deployment, with its lines.
import { parseArgs } from 'node:util';
import { measurements } from './measured.ts';
import { printed } from './printed.ts';
import { report } from './report.ts';

const HELP = `npm run cost -- --changes-per-month N [--response-ms N] [--stage NAME] [--json]

  --changes-per-month N  changes per month of triggers with a URL
  --response-ms N        response time of the receivers, milliseconds (100)
  --stage NAME           a stage in cdk.json (main)
  --json                 print JSON`;

const options = {
  'changes-per-month': { type: 'string' },
  'response-ms': { type: 'string', default: '100' },
  stage: { type: 'string', default: 'main' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** @throws {Error} One line, when an option is wrong. */
function read() {
  const { values } = parseArgs({ options });
  return {
    ...values,
    changesPerMonth: values.help ? 0 : number('changes-per-month', values['changes-per-month'], 1e12),
    responseMs: number('response-ms', values['response-ms'], 60_000),
  };
}

function number(option: string, text: string | undefined, most: number): number {
  if (text === undefined) throw new Error(`--${option} is missing. To fix this, write --${option} 1000000.`);
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= most) return value;
  throw new Error(`--${option} is a whole number up to ${most.toLocaleString('en')}, such as --${option} 1000.`);
}

try {
  const { help, stage, json, changesPerMonth, responseMs } = read();
  if (help) console.log(HELP);
  else {
    // Imported here because the CDK takes seconds to load.
    const { deployed } = await import('./deployed.ts');
    const found = report(measurements(), deployed(stage), { changesPerMonth, responseMs });
    console.log(json ? JSON.stringify(found, null, 2) : printed(found));
  }
} catch (error) {
  console.error((error as Error).message.split('\n')[0]);
  process.exitCode = 2;
}
