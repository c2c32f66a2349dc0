import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type AnswerHead, AnswerReader } from '../../../net/answer-reader';

/** Where a body goes, once its head and length are known; null for an answer that is of no use. */
export type BodyPlace = (head: AnswerHead, length: number) => Buffer | null;

export interface ServerAddress {
  isTls: boolean;
  host: string;
  port: number;
  lookup?: LookupFunction;
  /** Longest silence of the server. */
  silenceMs: number;
}

export interface Exchange {
  head: string;
  body: Buffer | null;
  place: BodyPlace;
  signal: AbortSignal;
}

interface UnderWay {
  reader: AnswerReader;
  isSent: boolean;
  settle(error: Error | null): void;
}

const readBytes = 128 * 1024;

/**
 * A connection that carries one request after another. What arrives goes through one piece of memory that is kept, so that
 * gigabytes pass without the collector's doing.
 */
export class Connection {
  readonly #socket: Socket;
  #under: UnderWay | null = null;
  #isUsable = true;

  constructor(address: ServerAddress, onClose: (connection: Connection) => void) {
    const { isTls, host, port, lookup, silenceMs } = address;
    const onread = {
      buffer: Buffer.allocUnsafeSlow(readBytes),
      callback: (count: number, bytes: Uint8Array) => this.#take(bytes as Buffer, count),
    };
    const to = { host, port, onread, noDelay: true, ...(lookup && { lookup }) };
    this.#socket = isTls ? connectTls({ ...to, servername: isIP(host) ? '' : host }) : connect(to);
    this.#socket.setTimeout(silenceMs, () => {
      if (this.#under) this.#end(new Error('the server did not answer in time'));
    });
    this.#socket.on('error', (error) => this.#end(error));
    this.#socket.on('end', () => this.#end(new Error('the server closed the connection')));
    this.#socket.on('close', () => {
      this.#end(new Error('the connection was closed'));
      onClose(this);
    });
  }

  /** Whether another request may follow. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  /** @throws when no plain answer came; the connection is of no use then. */
  async exchange({ head, body, place, signal }: Exchange): Promise<{ head: AnswerHead; body: Buffer }> {
    signal.throwIfAborted();
    let answered: Buffer = Buffer.alloc(0);
    const reader = new AnswerReader((found, length) => {
      const into = place(found, length);
      if (!into) return null;
      answered = into;
      let filled = 0;
      return (bytes) => {
        into.set(bytes, filled);
        filled += bytes.length;
      };
    });
    const abort = () => this.#end(signal.reason as Error);
    signal.addEventListener('abort', abort);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#under = { reader, isSent: false, settle: (error) => (error ? reject(error) : resolve()) };
        this.#send(head, body);
      });
    } finally {
      this.#under = null;
      signal.removeEventListener('abort', abort);
    }
    if (reader.endsConnection) this.close();
    return { head: reader.head!, body: answered };
  }

  close(): void {
    this.#isUsable = false;
    this.#socket.destroy();
  }

  #send(head: string, body: Buffer | null): void {
    const under = this.#under!;
    const sent = () => {
      under.isSent = true;
      this.#look(under);
    };
    this.#socket.cork();
    this.#socket.write(head, 'latin1', body ? undefined : sent);
    if (body) this.#socket.write(body, sent);
    this.#socket.uncork();
  }

  #take(bytes: Buffer, count: number): boolean {
    const under = this.#under;
    if (!under || under.reader.isWhole) {
      this.#end(new Error('the server speaks unasked'));
      return false;
    }
    try {
      under.reader.take(bytes.subarray(0, count));
      this.#look(under);
    } catch (error) {
      this.#end(error as Error);
    }
    return true;
  }

  /** Memory that is still being sent must not be used again: an answer counts when its request is on its way. */
  #look(under: UnderWay): void {
    if (under.isSent && under.reader.isWhole) under.settle(null);
  }

  #end(error: Error): void {
    this.close();
    this.#under?.settle(error);
  }
}
