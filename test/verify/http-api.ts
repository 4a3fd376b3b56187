/** The address at which an HTTP API is reached: on an emulator its own, because names below localhost are not resolved everywhere. */
export function httpApi(url: string): string {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (!endpoint) return url.replace(/\/$/, '');
  // No URL by its rules where the name ends with a number, as below 127.0.0.1.
  const [, api] = /^https?:\/\/([^.]+)\./.exec(url) ?? [];
  return `${endpoint}/_aws/execute-api/${api}/$default`;
}
