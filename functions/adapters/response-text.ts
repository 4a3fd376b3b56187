import type { Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';

/** The maximum part of a body that is read and decoded. The status decides the outcome, and the body is only shown. */
export const MAX_RESPONSE_BYTES = 16 * 1024;

/** A list with more encodings is not decoded. */
const MAX_ENCODINGS = 2;

/** With these, a body that breaks off is decoded as far as it goes. */
const gzipOptions = { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: MAX_RESPONSE_BYTES };
const brotliOptions = { finishFlush: constants.BROTLI_OPERATION_FLUSH, chunkSize: MAX_RESPONSE_BYTES };

const gunzip = [() => createGunzip(gzipOptions)];

/** The decoders of each encoding, in the order in which they are tried. Some servers send `deflate` without the zlib format. */
const decoders: ReadonlyMap<string, readonly (() => Transform)[]> = new Map([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', [() => createInflate(gzipOptions), () => createInflateRaw(gzipOptions)]],
  ['br', [() => createBrotliDecompress(brotliOptions)]],
]);

export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The beginning of a body as text, by its `Content-Encoding` and charset. A body that cannot be decoded is shown as it is. It
 * returns a promise only for compressed bodies, because others are frequent.
 */
export function responseText(body: Buffer, headers: ResponseHeaders): string | Promise<string> {
  if (body.length === 0) return '';
  const type = String(headers['content-type'] ?? '');
  if (headers['content-encoding'] === undefined) return decodeCharset(body, type);
  const encodings = String(headers['content-encoding']).toLowerCase().split(',');
  const known = encodings.flatMap((name) => (decoders.get(name.trim()) ? [name.trim()] : []));
  if (known.length === 0 || known.length > MAX_ENCODINGS) return decodeCharset(body, type);
  return decompressed(body, known.reverse()).then((bytes) => decodeCharset(bytes, type));
}

/** @param encodings The one that was applied last is first. */
async function decompressed(body: Buffer, encodings: readonly string[]): Promise<Buffer> {
  let bytes = body;
  for (const name of encodings) {
    let found: Buffer | undefined;
    for (const decoder of decoders.get(name) ?? []) found ??= await beginningOf(bytes, decoder());
    if (!found) return body;
    bytes = found;
  }
  return bytes;
}

/** The beginning of what a decoder makes of bytes; nothing if it makes nothing of them. */
function beginningOf(bytes: Buffer, decoder: Transform): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = () => {
      resolve(length > 0 ? Buffer.concat(chunks, Math.min(length, MAX_RESPONSE_BYTES)) : undefined);
      decoder.destroy();
    };
    decoder.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= MAX_RESPONSE_BYTES) finish();
    });
    decoder.once('end', finish).on('error', finish).end(bytes);
  });
}

const utf8 = new TextDecoder();

const CHARSET = /;\s*charset\s*=\s*"?([^\s";]+)/i;

function decodeCharset(body: Buffer, contentType: string): string {
  const [, charset] = CHARSET.exec(contentType) ?? [];
  try {
    return (charset ? new TextDecoder(charset) : utf8).decode(body);
  } catch {
    // The charset is unknown.
    return utf8.decode(body);
  }
}
