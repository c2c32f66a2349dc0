import { createConnection, type Socket } from 'node:net';
import { CrossvaultError } from '@/lib/errors';

type Json = Record<string, unknown>;
interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}
export interface QmpEvent {
  event: string;
  data?: Json;
}

const connectMs = 5000;

/** QEMU's control socket of one machine. One client at a time: whoever connects second waits. */
export class Qmp {
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(event: QmpEvent) => void>();
  #next = 1;
  #text = '';
  #ended: Error | null = null;
  #greeted: (() => void) | null = null;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#take(text));
    const end = (error?: Error) => this.#end(error ?? new Error('the machine ended'));
    socket.on('error', end);
    socket.on('close', () => end());
  }

  static async connect(path: string): Promise<Qmp> {
    const socket = createConnection(path);
    const qmp = new Qmp(socket);
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        socket.destroy();
        reject(gone(new Error('it does not answer')));
      }, connectMs);
      const settle = (act: () => void) => () => {
        clearTimeout(timer);
        act();
      };
      qmp.#greeted = settle(resolve);
      socket.once(
        'close',
        settle(() => reject(gone(qmp.#ended))),
      );
    });
    await qmp.run('qmp_capabilities');
    return qmp;
  }

  /** @throws `unavailable` when the machine has ended, else what QEMU says in words. */
  run<T = unknown>(command: string, args: Json = {}): Promise<T> {
    if (this.#ended) return Promise.reject(gone(this.#ended));
    const id = this.#next++;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    });
  }

  onEvent(listener: (event: QmpEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves with the first event that matches. */
  waitFor(matches: (event: QmpEvent) => boolean, timeoutMs: number): Promise<QmpEvent | null> {
    return new Promise((resolve) => {
      const done = (event: QmpEvent | null) => {
        clearTimeout(timer);
        stop();
        resolve(event);
      };
      const timer = setTimeout(() => done(null), timeoutMs);
      const stop = this.onEvent((event) => matches(event) && done(event));
    });
  }

  close(): void {
    this.socket.destroy();
  }

  #take(text: string): void {
    this.#text += text;
    for (;;) {
      const end = this.#text.indexOf('\n');
      if (end < 0) return;
      const line = this.#text.slice(0, end).trim();
      this.#text = this.#text.slice(end + 1);
      if (line) this.#hear(JSON.parse(line) as Json);
    }
  }

  #hear(message: Json): void {
    if ('QMP' in message) {
      this.#greeted?.();
      return;
    }
    if (typeof message.event === 'string') {
      for (const listener of this.#listeners) listener(message as unknown as QmpEvent);
      return;
    }
    const waiting = this.#waiting.get(message.id as number);
    if (!waiting) return;
    this.#waiting.delete(message.id as number);
    if ('return' in message) waiting.resolve(message.return);
    else waiting.reject(new Error(`QEMU: ${(message.error as { desc: string }).desc}`));
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(gone(this.#ended));
    this.#waiting.clear();
  }
}

function gone(cause: unknown): CrossvaultError {
  return new CrossvaultError('unavailable', 'The machine of this server cannot be reached any more.', {
    reason: 'machine_gone',
    cause,
  });
}
