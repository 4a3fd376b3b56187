// undici's index loads fetch, WebSocket, caches and mocks, which would double the bundle and the start. These are the
// files it takes `Agent` and `buildConnector` from; undici is pinned to an exact version, and tests call through them.
declare module 'undici/lib/dispatcher/agent.js' {
  import type { Agent } from 'undici';

  const agent: typeof Agent;
  export default agent;
}
declare module 'undici/lib/core/connect.js' {
  import type { buildConnector } from 'undici';

  const build: typeof buildConnector;
  export default build;
}
