/**
 * Stands for `node:http` in the bundles. An ES module that imports that one, as the AWS SDK's do, has Node look at all of its
 * exports, and one of them (`WebSocket`) loads Node's own copy of undici: 20 ms of a cold start, for nothing.
 */
const http = process.getBuiltinModule('node:http');

export default http;
export const { Agent, IncomingMessage, maxHeaderSize, request } = http;
