/** The base URL of an HTTP API. On an emulator it is a path of the endpoint, because not all systems resolve names below localhost. */
export function httpApi(url: string): string {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (!endpoint) return url.replace(/\/$/, '');
  // Not parsed as a URL: a hostname below 127.0.0.1 ends with a number, which makes the URL invalid.
  const [, api] = /^https?:\/\/([^.]+)\./.exec(url) ?? [];
  return `${endpoint}/_aws/execute-api/${api}/$default`;
}
