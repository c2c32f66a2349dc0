import { validateHeaderValue } from 'node:http';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { AnswerReader } from './answer-reader';

export interface ByteCall {
  host: string;
  port: number;
  path: string;
  headers: Record<string, string>;
  body: Uint8Array;
  signal?: AbortSignal;
  /** Longest silence of the other side. */
  idleMs: number;
  /** Bytes of the answer, in memory that is used again as soon as this returns. */
  onBytes(bytes: Uint8Array, status: number): void;
}

type Connect = (
  options: ConnectionOptions & { onread: object },
  done: (error: Error | null, socket: TLSSocket | null) => void,
) => void;

/** Several records of TLS. */
const receiveBytes = 64 * 1024;
const maxIdle = 4;
/** Sooner than a gateway ends an idle connection. */
const maxIdleMs = 30_000;

/**
 * Connections for requests whose answers are many bytes. Node's own client takes memory anew for each 16 KiB of an answer,
 * twice, and hands them over through a stream: that took more time than to decrypt them.
 */
export class ByteConnections {
  readonly #idle: Connection[] = [];

  constructor(private readonly connect: Connect) {}

  /** Sends one request. @returns the answer's status once it is whole. @throws the error of the connection, or of `onBytes`. */
  async call(call: ByteCall): Promise<number> {
    call.signal?.throwIfAborted();
    const connection = this.#take() ?? (await this.#open(call));
    const status = await connection.exchange(call);
    if (connection.isReusable && this.#idle.length < maxIdle) this.#idle.push(connection);
    else connection.end();
    return status;
  }

  close(): void {
    for (const connection of this.#idle.splice(0)) connection.end();
  }

  #take(): Connection | null {
    for (let found = this.#idle.pop(); found; found = this.#idle.pop()) {
      if (found.isReusable && found.idleMs < maxIdleMs) return found;
      found.end();
    }
    return null;
  }

  async #open({ host, port, signal, idleMs }: ByteCall): Promise<Connection> {
    const connection = new Connection();
    const { promise: isGivenUp, reject: giveUp } = deferred();
    const timer = setTimeout(() => giveUp(new Error('it did not answer in time')), idleMs);
    const onAbort = () => giveUp(signal!.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const opening = new Promise<void>((resolve, reject) => {
      this.connect({ host, port, onread: connection.onread }, (error, socket) => {
        if (!socket) return reject(error);
        connection.adopt(socket);
        resolve();
      });
    });
    try {
      await Promise.race([opening, isGivenUp]);
      return connection;
    } catch (error) {
      opening.then(
        () => connection.end(),
        () => {},
      );
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }
}

function deferred(): { promise: Promise<never>; reject(error: unknown): void } {
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<never>((_, refuse) => {
    reject = refuse;
  });
  promise.catch(() => {});
  return { promise, reject };
}

class Connection {
  #socket: TLSSocket | null = null;
  #answer: AnswerReader | null = null;
  #done: (status: number) => void = () => {};
  #fail: (error: unknown) => void = () => {};
  #isOver = false;
  #usedAt = performance.now();

  /** Every piece lands in the same memory and is dealt with before the next one comes. */
  readonly onread = {
    buffer: Buffer.allocUnsafeSlow(receiveBytes),
    callback: (length: number, buffer: Uint8Array): boolean => {
      this.#receive(buffer.subarray(0, length));
      return true;
    },
  };

  get isReusable(): boolean {
    return !this.#isOver;
  }

  get idleMs(): number {
    return performance.now() - this.#usedAt;
  }

  adopt(socket: TLSSocket): void {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('error', (error) => this.#stop(error));
    socket.on('end', () => this.#stop(new Error('it ended the connection')));
    socket.on('close', () => this.#stop(new Error('it ended the connection')));
    socket.resume();
  }

  end(): void {
    this.#isOver = true;
    this.#socket!.destroy();
  }

  async exchange(call: ByteCall): Promise<number> {
    const socket = this.#socket!;
    const { signal, idleMs } = call;
    const onAbort = () => this.#stop(signal!.reason);
    const onSilence = () => this.#stop(new Error('it did not answer in time'));
    socket.ref();
    socket.setTimeout(idleMs, onSilence);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await new Promise<number>((resolve, reject) => {
        this.#done = resolve;
        this.#fail = reject;
        this.#answer = new AnswerReader(
          ({ status }) =>
            (bytes) =>
              call.onBytes(bytes, status),
        );
        socket.write(encodeRequest(call));
      });
    } catch (error) {
      this.end();
      throw error;
    } finally {
      if (this.#answer?.endsConnection) this.#isOver = true;
      this.#answer = null;
      this.#fail = () => {};
      this.#usedAt = performance.now();
      signal?.removeEventListener('abort', onAbort);
      socket.setTimeout(0);
      socket.removeListener('timeout', onSilence);
      socket.unref();
    }
  }

  #receive(bytes: Uint8Array): void {
    try {
      const answer = this.#answer;
      if (!answer || answer.isWhole) throw new Error('it sent what nobody asked for');
      answer.take(bytes);
      if (answer.isWhole) this.#done(answer.head!.status);
    } catch (error) {
      this.#stop(error);
    }
  }

  #stop(error: unknown): void {
    this.#isOver = true;
    this.#fail(error);
    this.#socket!.destroy();
  }
}

function encodeRequest({ host, port, path, headers, body }: ByteCall): Buffer {
  const all: Record<string, string> = {
    host: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    ...headers,
    'content-length': String(body.length),
  };
  for (const [name, value] of Object.entries(all)) validateHeaderValue(name, value);
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'), body]);
}
