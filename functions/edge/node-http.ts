/**
 * Stands for `node:http` in the bundles. An ES module that imports that one has Node look at all of its exports, and one of
 * them (`WebSocket`) loads a second HTTP client: a quarter of a function's start, for nothing.
 */
const http = process.getBuiltinModule('node:http');

export default http;
export const { Agent, IncomingMessage, maxHeaderSize, request } = http;
