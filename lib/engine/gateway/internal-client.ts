import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import type { z } from 'zod';
import { readEnv } from '@/lib/env';
import { CrossvaultError, type ErrorCode, errorCodes } from '@/lib/errors';
import { ErrorBody } from '../wire';
import { type InternalClaims, signInternalToken } from './internal-token';

const answerTimeoutMs = 30_000;
/** A whole disk takes its time. */
const streamTimeoutMs = 12 * 3_600_000;
const json = { 'content-type': 'application/json' };
const answerLimitBytes = 8 * 1024 * 1024;

/** The SHA-256 of the gateway's certificate as backup clients pin it: 64 lower-case hex digits. */
export async function readGatewayPin(): Promise<string> {
  return (await readCertificate()).fingerprint256.replaceAll(':', '').toLowerCase();
}

/** The secret that signs what the web server asks the engine. Throws when the installation has none. */
export async function readInternalSecret(): Promise<Buffer> {
  const { internalSecretFile } = readEnv();
  const secret = Buffer.from((await readFile(internalSecretFile, 'utf8')).trim(), 'hex');
  if (secret.length < 32) throw new Error(`${internalSecretFile} does not hold 32 bytes as hex`);
  return secret;
}

/**
 * Asks the engine for something that needs a vault's bytes, on behalf of a user whom the caller has authorised.
 * Talks only to the certificate of this installation. Throws the error that the engine answered, or `unavailable`.
 */
export async function askEngine<T extends z.ZodType>(
  claims: Omit<InternalClaims, 'exp'>,
  body: unknown,
  answer: T,
  now: Date,
): Promise<z.output<T>> {
  const token = signInternalToken(await readInternalSecret(), claims, now);
  const { status, body: found } = await post(`/internal/${claims.op}`, token, JSON.stringify(body));
  if (status >= 200 && status < 300) return answer.parse(JSON.parse(found));
  throw toError(status, found);
}

/** Sends bytes instead of a question, at an offset that the engine checks. */
export async function sendToEngine<T extends z.ZodType>(
  claims: Omit<InternalClaims, 'exp'>,
  { offset, bytes }: { offset: number; bytes: Uint8Array },
  answer: T,
  now: Date,
): Promise<z.output<T>> {
  const token = signInternalToken(await readInternalSecret(), claims, now);
  const headers = { 'content-type': 'application/octet-stream', 'x-crossvault-offset': String(offset) };
  const response = await send(`/internal/${claims.op}`, token, bytes, headers);
  const found = await readText(response);
  if (response.statusCode === 200) return answer.parse(JSON.parse(found));
  throw toError(response.statusCode ?? 0, found);
}

/** An answer of any length, to be passed on as it comes. */
export async function streamFromEngine(
  claims: Omit<InternalClaims, 'exp'>,
  body: unknown,
  now: Date,
): Promise<IncomingMessage> {
  const token = signInternalToken(await readInternalSecret(), claims, now);
  const response = await send(`/internal/${claims.op}`, token, JSON.stringify(body), json, streamTimeoutMs);
  if (response.statusCode === 200) return response;
  throw toError(response.statusCode ?? 0, await readText(response));
}

async function post(path: string, token: string, body: string): Promise<{ status: number; body: string }> {
  const response = await send(path, token, body, json);
  return { status: response.statusCode ?? 0, body: await readText(response) };
}

async function readText(response: IncomingMessage): Promise<string> {
  let length = 0;
  response.on('data', (piece: Buffer) => {
    length += piece.length;
    if (length > answerLimitBytes) response.destroy(new Error('the answer is too long'));
  });
  return text(response).catch((cause) => {
    throw unanswered(cause);
  });
}

async function send(
  path: string,
  token: string,
  body: string | Uint8Array,
  headers: Record<string, string>,
  timeoutMs = answerTimeoutMs,
): Promise<IncomingMessage> {
  const certificate = await readCertificate();
  try {
    return await new Promise((resolve, reject) => {
      const outgoing = request(new URL(path, readEnv().engineUrl), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-length': Buffer.byteLength(body), ...headers },
        agent: false,
        minVersion: 'TLSv1.2',
        // Checked below against the one certificate that is right, which is stricter than authority, name and date.
        rejectUnauthorized: false,
        signal: AbortSignal.timeout(timeoutMs),
      });
      outgoing.once('error', reject);
      outgoing.once('response', resolve);
      // Not a byte leaves before the handshake has shown the certificate.
      outgoing.once('socket', (socket) => {
        (socket as TLSSocket).once('secureConnect', () => {
          const shown = (socket as TLSSocket).getPeerX509Certificate();
          if (shown?.fingerprint256 === certificate.fingerprint256) outgoing.end(body);
          else outgoing.destroy(new Error('another certificate than the gateway of this installation'));
        });
      });
    });
  } catch (cause) {
    throw unanswered(cause);
  }
}

function unanswered(cause: unknown): CrossvaultError {
  return new CrossvaultError('unavailable', 'The engine did not answer. Try again in a moment.', { cause });
}

async function readCertificate(): Promise<X509Certificate> {
  const { gatewayCertificateFile } = readEnv();
  try {
    return new X509Certificate(await readFile(gatewayCertificateFile));
  } catch (cause) {
    throw new CrossvaultError(
      'unavailable',
      'The gateway has no certificate yet. Try again when the engine runs.',
      {
        cause,
      },
    );
  }
}

function toError(status: number, body: string): CrossvaultError {
  const parsed = ErrorBody.safeParse(parseJson(body));
  if (!parsed.success || !(parsed.data.error.code in errorCodes)) {
    return new CrossvaultError('unavailable', 'The engine gave no usable answer. Try again in a moment.', {
      cause: new Error(`status ${status}`),
    });
  }
  const { code, message, reason, fields } = parsed.data.error;
  return new CrossvaultError(code as ErrorCode, message, { reason, fields });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
