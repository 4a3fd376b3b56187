import { ADMINS, type SignIn } from '../../../functions/console/sign-in.ts';
import { stackOutputs } from '../../../functions/operations/deployment.ts';
import { allowPasswords, password, signIn, userPool } from '../admins.ts';
import { httpApi } from '../http-api.ts';
import { prove, until, type World } from '../world.ts';

const OPEN = ['/', '/page.js', '/sign-in.json'];

export async function consoleRoutes(world: World): Promise<string> {
  const outputs = await stackOutputs('CrmTriggersConsole', world.stage);
  const base = httpApi(outputs.ConsoleUrl ?? '');
  const request = (path: string, method = 'GET', token?: string) =>
    fetch(base + path, { method, headers: token ? { authorization: `Bearer ${token}` } : {} });

  await until(world, 'the console responds', async () => (await request('/')).ok);
  for (const path of OPEN) prove((await request(path)).status === 200, `${path} needs a token`);

  const pool = await userPool(outputs.UserPoolId ?? '');
  const { clientId } = (await (await request('/sign-in.json')).json()) as SignIn;
  await allowPasswords(pool, clientId);
  const tokenOf = async (name: string, ...groups: string[]) => {
    const [email, secret] = [`${name}@example.com`, password()];
    await pool.addUser(email, secret, ...groups);
    return signIn(pool, clientId, email, secret);
  };
  const admin = await tokenOf('admin', ADMINS);
  const other = await tokenOf('other');
  const [head, , signature] = admin.split('.');
  const claims = { sub: 'x', aud: clientId, 'cognito:groups': [ADMINS] };
  const forged = [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');

  const { paths } = (await (await request('/api/openapi.json', 'GET', admin)).json()) as { paths: object };
  // `/changes` is for receivers, with tokens of their own.
  const ofAdmins = Object.entries(paths).filter(([path]) => path.startsWith('/api/'));
  const routes = ofAdmins.flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => [
      method.toUpperCase(),
      path.replace('{trigger}', 'task.edit').replace('{name}', 'x-key'),
    ]),
  );
  prove(routes.length > 0, 'the API describes no routes');
  const foreignRequests: [who: string, status: number, token?: string][] = [
    ['without a token', 401],
    ['with an invalid token', 401, 'nonsense'],
    ['with a forged token', 401, forged],
    ['with the token of a user who is not an admin', 403, other],
  ];
  let count = 0;
  for (const [method = '', path = ''] of routes) {
    for (const [who, expected, token] of foreignRequests) {
      const { status } = await requestUnthrottled(world, () => request(path, method, token));
      prove(status === expected, `${method} ${path} ${who}: ${status}, not ${expected}`);
      count++;
    }
    // Only routes that read, so that the settings stay unchanged.
    if (method !== 'GET') continue;
    const { status } = await requestUnthrottled(world, () => request(path, method, admin));
    prove(status < 500 && status !== 401 && status !== 403, `${method} ${path} with the token of an admin: ${status}`);
    count++;
  }
  prove((await request('/api/triggers', 'GET', admin)).status === 200, 'an admin cannot read the triggers');
  await proveOperations((path, method = 'GET') => requestUnthrottled(world, () => request(path, method, admin)));
  return `${count} requests to ${routes.length} routes: 401 without a valid token, 403 outside the group ${ADMINS}, and an admin has access`;
}

/** The permissions of the tab Operations: CloudWatch, the parameters with the names, the CRM tables and the dead-letter queue. */
async function proveOperations(ask: (path: string, method?: string) => Promise<Response>): Promise<void> {
  const { alarms } = (await (await ask('/api/alarms')).json()) as { alarms?: object[] };
  prove((alarms?.length ?? 0) > 0, 'the console cannot read the states of the alarms');
  const { inconclusive } = (await (await ask('/api/doctor')).json()) as { inconclusive?: object[] };
  prove(inconclusive?.length === 0, `the console cannot make each check: ${JSON.stringify(inconclusive)}`);
  const { status } = await ask('/api/dead-letters/send-back', 'POST');
  prove(status === 200, `the console cannot send dead letters back: ${status}`);
}

/** Repeats a request that the API throttles. Its limit is 20 requests per second. */
async function requestUnthrottled(world: World, send: () => Promise<Response>): Promise<Response> {
  return until(world, 'the API responds without 429', async () => {
    const response = await send();
    return response.status === 429 ? undefined : response;
  });
}
