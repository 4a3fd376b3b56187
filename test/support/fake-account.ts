import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';

/** The account, region and user of the credentials. */
export const here = { account: '999999999999', region: 'us-east-1', who: 'arn:aws:iam::999999999999:user/ada' };

/** A fake STS that responds to GetCallerIdentity. It records all requests and rejects the others. */
export async function sts(t: TestContext) {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    requests.push(/Action=(\w+)/.exec(body)?.[1] ?? `${request.method} ${request.url}`);
    const isWho = body.includes('Action=GetCallerIdentity');
    const xmlns = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';
    response.writeHead(isWho ? 200 : 403, { 'content-type': 'text/xml' });
    response.end(
      isWho
        ? `<GetCallerIdentityResponse ${xmlns}><GetCallerIdentityResult><Arn>${here.who}</Arn><UserId>u</UserId><Account>${here.account}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>`
        : `<ErrorResponse ${xmlns}><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close().closeAllConnections());
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Runs a program of Node with these credentials. */
export async function run(t: TestContext, args: readonly string[], cwd: string, env: Record<string, string>) {
  const { AWS_ENDPOINT_URL: _, AWS_PROFILE: __, ...inherited } = process.env;
  const child = spawn(process.execPath, args, {
    cwd,
    env: {
      ...inherited,
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_REGION: here.region,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      CI: '1',
      // The CDK caches the account of an access key in this folder.
      CDK_HOME: cwd,
      ...env,
    },
  });
  t.after(() => child.kill());
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { stdout, stderr, status };
}

/** A folder that is removed after the test. */
export function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'crm-triggers-account-'));
  t.after(() => rmSync(made, { recursive: true }));
  return made;
}
