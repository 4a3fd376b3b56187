import type { Commands } from './command.ts';
import { backfillCommand } from './commands/backfill.ts';
import { certificateCommand } from './commands/certificate.ts';
import { clearCommand } from './commands/clear.ts';
import { coalesceCommand } from './commands/coalesce.ts';
import { completionCommand } from './commands/completion.ts';
import { deadLettersCommand } from './commands/dead-letters.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { exportUrlsCommand } from './commands/export-urls.ts';
import { failedCommand } from './commands/failed.ts';
import { headerCommand } from './commands/header.ts';
import { historyCommand } from './commands/history.ts';
import { importUrlsCommand } from './commands/import-urls.ts';
import { initCommand } from './commands/init.ts';
import { limitCommand } from './commands/limit.ts';
import { listCommand } from './commands/list.ts';
import { listenCommand } from './commands/listen.ts';
import { logCommand } from './commands/log.ts';
import { mcpCommand } from './commands/mcp.ts';
import { oauthCommand } from './commands/oauth.ts';
import { pauseCommand } from './commands/pause.ts';
import { pullTokenCommand } from './commands/pull-token.ts';
import { redeliverCommand } from './commands/redeliver.ts';
import { resumeCommand } from './commands/resume.ts';
import { secretCommand } from './commands/secret.ts';
import { sendTestCommand } from './commands/send-test.ts';
import { setCommand } from './commands/set.ts';

/** All commands, in the order of the help. */
export const commands: Commands = {
  list: listCommand,
  set: setCommand,
  clear: clearCommand,
  test: sendTestCommand,
  pause: pauseCommand,
  resume: resumeCommand,
  secret: secretCommand,
  header: headerCommand,
  limit: limitCommand,
  coalesce: coalesceCommand,
  oauth: oauthCommand,
  certificate: certificateCommand,
  'pull-token': pullTokenCommand,
  export: exportUrlsCommand,
  import: importUrlsCommand,
  log: logCommand,
  listen: listenCommand,
  history: historyCommand,
  failed: failedCommand,
  redeliver: redeliverCommand,
  doctor: doctorCommand,
  'dead-letters': deadLettersCommand,
  backfill: backfillCommand,
  init: initCommand,
  demo: demoCommand,
  completion: completionCommand,
  mcp: mcpCommand,
};
