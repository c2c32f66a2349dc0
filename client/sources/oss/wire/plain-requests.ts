import type { LookupFunction } from 'node:net';
import type { AnswerHead } from '../../../net/answer-reader';
import { type BodyPlace, Connection, type ServerAddress } from './connection';
import {
  emptyPayload,
  encodeKey,
  encodePart,
  RequestSigner,
  type Signer,
  unsignedPayload,
} from './sign-request';

export interface PlainRequest {
  method: 'GET' | 'PUT';
  key: string;
  query?: Record<string, string>;
  /** Names in lower case. With a body, `content-md5` is among them. */
  headers: Record<string, string>;
  body?: Buffer;
  place: BodyPlace;
}

export interface PlainAnswer {
  head: AnswerHead;
  body: Buffer;
}

export interface PlainServer {
  /** Of the bucket: what comes before a key. */
  base: URL;
  signer: Signer;
  lookup?: LookupFunction;
  silenceMs: number;
  /** By the server's clock, where it differs much. */
  now(): Date;
}

const plainText = /^[\x20-\x7e]*$/;

/**
 * The requests of which a backup or a restore makes one an object, without what a general client does for each of them. Only
 * what goes as it should is answered here; for all else the general client is asked, which tells errors apart and repeats.
 */
export class PlainRequests {
  readonly #idle: Connection[] = [];
  readonly #open = new Set<Connection>();
  readonly #signer: RequestSigner;
  readonly #address: ServerAddress;
  readonly #folder: string;

  constructor(private readonly server: PlainServer) {
    const { base, signer, lookup, silenceMs } = server;
    const isTls = base.protocol === 'https:';
    const port = Number(base.port || (isTls ? 443 : 80));
    const host = base.hostname.replaceAll(/^\[|\]$/g, '');
    this.#signer = new RequestSigner(signer);
    this.#address = { isTls, host, port, silenceMs, ...(lookup && { lookup }) };
    this.#folder = base.pathname.replace(/\/$/, '');
  }

  /** @returns null for everything but a whole answer of success. @throws only what the signal says. */
  async ask(request: PlainRequest, signal: AbortSignal): Promise<PlainAnswer | null> {
    if (!Object.values(request.headers).every((value) => plainText.test(value))) return null;
    const place: BodyPlace = (head, length) => (isSuccess(head) ? request.place(head, length) : null);
    const connection = this.#connect();
    try {
      const head = this.#headOf(request);
      const answer = await connection.exchange({ head, body: request.body ?? null, place, signal });
      if (connection.isUsable) this.#idle.push(connection);
      return answer;
    } catch {
      connection.close();
      signal.throwIfAborted();
      return null;
    }
  }

  close(): void {
    for (const connection of this.#open) connection.close();
  }

  #connect(): Connection {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) if (idle.isUsable) return idle;
    const connection = new Connection(this.#address, (closed) => this.#open.delete(closed));
    this.#open.add(connection);
    return connection;
  }

  #headOf({ method, key, query = {}, headers, body }: PlainRequest): string {
    const path = `${this.#folder}/${encodeKey(key)}`;
    const pairs = Object.entries(query).map(([name, value]) => `${encodePart(name)}=${encodePart(value)}`);
    const search = pairs.sort().join('&');
    const all: Record<string, string> = { host: this.server.base.host, ...headers };
    if (body) all['content-length'] = String(body.length);
    const payload = body ? unsignedPayload : emptyPayload;
    const sent = this.#signer.sign({ method, path, query: search, headers: all, payload }, this.server.now());
    const lines = Object.entries(sent).map(([name, value]) => `${name}: ${value}\r\n`);
    return `${method} ${path}${search && `?${search}`} HTTP/1.1\r\n${lines.join('')}\r\n`;
  }
}

const isSuccess = ({ status }: AnswerHead) => status >= 200 && status < 300;
