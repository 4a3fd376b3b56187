/**
 * Replaces `node:http` in the bundles. If an ES module imports `node:http`, Node evaluates all of its exports. One of them,
 * `WebSocket`, loads Node's own copy of undici, which adds 20 ms to a cold start.
 */
const http = process.getBuiltinModule('node:http');

export default http;
export const { Agent, IncomingMessage, maxHeaderSize, request } = http;
