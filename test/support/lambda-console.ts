// Prints one line with each method that functions use, with the console replaced as in Lambda's JSON log format: `node
// lambda-console.ts`. Lines that are printed by the console arrive inside another object.
for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
  console[method] = (...words: unknown[]) =>
    void process.stdout.write(`${JSON.stringify({ timestamp: '', level: 'INFO', message: words.join(' ') })}\n`);

const { log } = await import('../../functions/adapters/logger.ts');
const { Metrics } = await import('../../functions/adapters/metrics-writer.ts');

log('warn', 'said', { trigger: 'case.edit' });
const metrics = new Metrics('CrmTriggers');
metrics.add('delivered', 'case.edit');
metrics.add('held', 'case.edit');
metrics.write();

export {};
