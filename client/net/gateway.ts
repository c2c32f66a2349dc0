import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { z } from 'zod';
import type { Chunk, ChunkName } from '@/lib/engine/core/chunk';
import type { CarriedFrame } from '@/lib/engine/core/vault-io';
import { attemptHeader, protocolHeader, protocolVersion } from '@/lib/engine/wire';
import {
  decodeChunks,
  encodeChunks,
  encodeNames,
  maxChunkBytes,
  wireHeaderBytes,
} from '@/lib/engine/wire-binary';
import { type Allocate, FrameDecoder } from '@/lib/engine/wire-frames';
import { CrossvaultError } from '@/lib/errors';
import { toGatewayError, unreachable } from './errors';
import { PinnedAgent } from './pinned-agent';

export interface GatewayAddress {
  /** `https://host:port` */
  server: string;
  pin: string;
  /** Absent only for enrolment. The mover's is made for each request. */
  credential?: string | (() => string);
  /** Connections shared with others of the same pin; left open by `close`. */
  agent?: PinnedAgent;
}

interface Call {
  method: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  body?: readonly Uint8Array[];
  signal?: AbortSignal;
  /** Longest silence of the other side. */
  idleMs?: number;
}

const maxJsonBytes = 8 * 1024 * 1024;
/** Of at most 64 KiB. */
const maxRefusalPieces = 32;
const defaultIdleMs = 60_000;
/** The gateway may hold a batch back while storage is slow, and a commit walks the new part of the tree. */
export const byteIdleMs = 300_000;

/** Speaks the client protocol (`lib/engine/wire.ts`) with one gateway. Each method is one request; none retries. */
export class Gateway {
  readonly #agent: PinnedAgent;
  readonly #base: URL;

  constructor(private readonly address: GatewayAddress) {
    this.#base = new URL(address.server);
    this.#agent = address.agent ?? new PinnedAgent(address.pin);
  }

  get server(): string {
    return this.address.server;
  }

  async getJson<S extends z.ZodType>(path: string, schema: S, signal?: AbortSignal): Promise<z.infer<S>> {
    return this.#json({ method: 'GET', path, signal }, schema);
  }

  async postJson<S extends z.ZodType>(
    path: string,
    body: unknown,
    schema: S,
    options: Pick<Call, 'signal' | 'idleMs'> = {},
  ): Promise<z.infer<S>> {
    return this.#json(
      {
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json' },
        body: [Buffer.from(JSON.stringify(body))],
        ...options,
      },
      schema,
    );
  }

  /** Asks about names; answers one byte each. */
  async postNames(
    path: string,
    attempt: number,
    names: readonly ChunkName[],
    signal?: AbortSignal,
  ): Promise<Buffer> {
    const response = await this.#send(this.#bytesCall(path, attempt, [encodeNames(names)], signal));
    return readAll(response, names.length, this.server);
  }

  async postChunks(
    path: string,
    attempt: number,
    chunks: readonly Chunk[],
    signal?: AbortSignal,
  ): Promise<void> {
    const { pieces } = encodeChunks(chunks);
    const response = await this.#send(this.#bytesCall(path, attempt, pieces, signal));
    await readAll(response, maxJsonBytes, this.server);
  }

  /** Chunks in the order asked; names are not checked here. `totalBytes` is what their lengths should sum up to. */
  async *fetchChunks(
    path: string,
    attempt: number,
    names: readonly ChunkName[],
    totalBytes: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Chunk> {
    const response = await this.#send(this.#bytesCall(path, attempt, [encodeNames(names)], signal));
    const maxTotalBytes = totalBytes + names.length * wireHeaderBytes + maxChunkBytes;
    try {
      yield* decodeChunks(guarded(response, this.server), { maxTotalBytes });
    } finally {
      if (!response.complete) response.destroy();
    }
  }

  /**
   * Chunks by frames, in the order asked; nothing is unpacked or checked here.
   * @param totalBytes of their plain lengths
   */
  async *fetchFrames(
    path: string,
    attempt: number,
    names: readonly ChunkName[],
    totalBytes: number,
    { signal, allocate }: { signal?: AbortSignal; allocate?: Allocate } = {},
  ): AsyncGenerator<CarriedFrame> {
    const decoder = new FrameDecoder(totalBytes + maxChunkBytes, allocate);
    const arrived: CarriedFrame[] = [];
    const refusal: Uint8Array[] = [];
    let wake = () => {};
    const stop = new AbortController();
    const { headers, idleMs } = this.#bytesCall(path, attempt, [], signal);
    const answer = this.#agent.bytes.call({
      host: this.#host,
      port: this.#port,
      path,
      headers: { ...headers, [protocolHeader]: String(protocolVersion), ...this.#authorization },
      body: encodeNames(names),
      idleMs: idleMs!,
      signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
      onBytes: (bytes, status) => {
        if (status === 200) arrived.push(...decoder.push(bytes));
        else if (refusal.length < maxRefusalPieces) refusal.push(Uint8Array.from(bytes));
        wake();
      },
    });
    let status: number | null = null;
    let failure: unknown = null;
    answer.then(
      (found) => {
        status = found;
        wake();
      },
      (error) => {
        failure = this.#explain(error, signal);
        wake();
      },
    );
    try {
      for (;;) {
        yield* arrived.splice(0);
        if (arrived.length > 0) continue;
        if (failure) throw failure;
        if (status !== null) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (status !== 200) throw toGatewayError(status, Buffer.concat(refusal));
      decoder.end();
    } finally {
      stop.abort();
    }
  }

  close(): void {
    if (!this.address.agent) this.#agent.destroy();
  }

  get #host(): string {
    return this.#base.hostname.replace(/^\[|\]$/g, '');
  }

  get #port(): number {
    return Number(this.#base.port || 443);
  }

  get #authorization(): Record<string, string> {
    const { credential } = this.address;
    if (!credential) return {};
    return { authorization: `Bearer ${typeof credential === 'string' ? credential : credential()}` };
  }

  #bytesCall(path: string, attempt: number, body: readonly Uint8Array[], signal?: AbortSignal): Call {
    const headers = { 'content-type': 'application/octet-stream', [attemptHeader]: String(attempt) };
    return { method: 'POST', path, headers, body, signal, idleMs: byteIdleMs };
  }

  async #json<S extends z.ZodType>(call: Call, schema: S): Promise<z.infer<S>> {
    const body = await readAll(await this.#send(call), maxJsonBytes, this.server);
    return schema.parse(JSON.parse(body.toString('utf8')));
  }

  async #send(call: Call): Promise<IncomingMessage> {
    call.signal?.throwIfAborted();
    const length = (call.body ?? []).reduce((sum, piece) => sum + piece.length, 0);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request({
        agent: this.#agent,
        hostname: this.#host,
        port: this.#port,
        method: call.method,
        path: call.path,
        signal: call.signal,
        headers: {
          ...call.headers,
          'content-length': length,
          [protocolHeader]: String(protocolVersion),
          ...this.#authorization,
        },
      });
      sent.setTimeout(call.idleMs ?? defaultIdleMs, () =>
        sent.destroy(new Error('it did not answer in time')),
      );
      sent.once('response', resolve);
      sent.on('error', (error) => reject(this.#explain(error, call.signal)));
      for (const piece of call.body ?? []) sent.write(piece);
      sent.end();
    });
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    throw toGatewayError(status, await readAll(response, maxJsonBytes, this.server));
  }

  #explain(error: Error, signal?: AbortSignal): unknown {
    if (signal?.aborted) return signal.reason;
    return error instanceof CrossvaultError ? error : unreachable(this.server, error);
  }
}

/** A connection that ends early is a lost connection, not a short answer. */
async function* guarded(response: IncomingMessage, server: string): AsyncGenerator<Buffer> {
  try {
    for await (const piece of response) yield piece as Buffer;
  } catch (error) {
    throw unreachable(server, error);
  }
}

async function readAll(response: IncomingMessage, maxBytes: number, server: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of guarded(response, server)) {
    length += piece.length;
    if (length > maxBytes) {
      response.destroy();
      throw unreachable(server, new Error('its answer is too long'));
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
