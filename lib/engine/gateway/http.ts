import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import { CrossvaultError } from '@/lib/errors';
import { parseInput } from '@/lib/verb';
import { attemptHeader } from '../wire';
import { decodeNames, maxBatchBytes, maxNamesPerRequest, wireNameBytes } from '../wire-binary';

const maxJsonBytes = 256 * 1024;
const discardMs = 10_000;

/** Reads a whole body. @throws `invalid_input` as soon as it is longer than `maxBytes`. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLong(maxBytes);
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of bodyOf(request)) {
    length += piece.length;
    if (length > maxBytes) throw tooLong(maxBytes);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** The body's pieces. A reader that stops early leaves the connection open, so that it can still be answered. */
export function bodyOf(request: IncomingMessage): AsyncIterable<Buffer> {
  return request.iterator({ destroyOnReturn: false });
}

/** Reads what is left of a refused body and forgets it: a peer that is still sending would not see the answer. */
export async function discardBody(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return;
  let left = maxBatchBytes;
  const isLong = Number(request.headers['content-length'] ?? 0) > left;
  if (isLong) return;
  const patience = setTimeout(() => request.destroy(), discardMs);
  try {
    for await (const piece of bodyOf(request)) {
      left -= piece.length;
      if (left < 0) return;
    }
  } catch {
    // The peer went away while its body was being thrown away.
  } finally {
    clearTimeout(patience);
  }
}

export async function readJson<S extends z.ZodType>(
  request: IncomingMessage,
  schema: S,
  maxBytes = maxJsonBytes,
): Promise<z.output<S>> {
  const body = await readBody(request, maxBytes);
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new CrossvaultError('invalid_input', 'The request body is not JSON.', { cause });
  }
  return parseInput(schema, json);
}

export async function readNames(request: IncomingMessage): Promise<Buffer[]> {
  return decodeNames(await readBody(request, maxNamesPerRequest * wireNameBytes));
}

/** The attempt of requests with a binary body. */
export function readAttempt(request: IncomingMessage): number {
  const text = request.headers[attemptHeader];
  if (typeof text !== 'string' || !/^\d{1,9}$/.test(text)) {
    throw new CrossvaultError('invalid_input', `The header ${attemptHeader} is missing.`);
  }
  return Number(text);
}

/** The token after `Bearer`. @throws `unauthenticated`. */
export function readBearer(request: IncomingMessage): string {
  const match = /^Bearer ([A-Za-z0-9._~+/=-]{1,4096})$/.exec(request.headers.authorization ?? '');
  if (!match) throw new CrossvaultError('unauthenticated', 'This request carries no credential.');
  return match[1]!;
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    'cache-control': 'no-store',
  });
  response.end(bytes);
}

export function sendBytes(response: ServerResponse, bytes: Uint8Array): void {
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': bytes.length,
    'cache-control': 'no-store',
  });
  response.end(bytes);
}

/**
 * Writes pieces as the other side takes them. Its going away ends the stream quietly; a failure of the source ends the
 * connection early, so that a half answer is never taken for a whole one.
 */
export async function streamBytes(
  response: ServerResponse,
  pieces: AsyncIterable<Uint8Array>,
  onSent: (bytes: number) => void = () => {},
): Promise<void> {
  for await (const piece of pieces) {
    if (response.destroyed) return;
    onSent(piece.length);
    if (!response.write(piece)) await drained(response);
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

function tooLong(maxBytes: number): CrossvaultError {
  return new CrossvaultError('invalid_input', `The request body is longer than ${maxBytes} bytes.`, {
    reason: 'body_too_long',
  });
}
