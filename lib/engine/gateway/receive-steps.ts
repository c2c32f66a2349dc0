import type { IncomingMessage } from 'node:http';
import type { Chunk } from '@/lib/engine/core';
import { ChunkDecoder } from '../wire-binary';
import { type ReceiveBuffer, stepBytes } from './receive-buffer';

const stepChunks = 1024;

/**
 * Reads a batch of chunks and gives them to `take` in steps, one after the other; the connection waits meanwhile. Pieces are
 * taken as they come, without a promise for each: a GiB comes in 65,536 of them. A failure leaves the rest unread.
 */
export function receiveSteps(
  request: IncomingMessage,
  buffer: ReceiveBuffer,
  take: (chunks: readonly Chunk[], bytes: number) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const receiver = new Receiver(request, buffer, take, (error) => {
      request.pause();
      request.off('data', receiver.onPiece).off('end', receiver.onEnd);
      request.off('error', receiver.onBroken).off('close', receiver.onBroken);
      if (error) reject(error);
      else resolve();
    });
    request.on('error', receiver.onBroken).on('close', receiver.onBroken);
    request.on('end', receiver.onEnd).on('data', receiver.onPiece);
  });
}

class Receiver {
  readonly #decoder: ChunkDecoder;
  #step: Chunk[] = [];
  #bytes = 0;
  /** The step that is being taken: nobody else may have the buffer before it is. */
  #taking: Promise<void> = Promise.resolve();
  #isEnded = false;
  #isDone = false;

  constructor(
    private readonly request: IncomingMessage,
    private readonly buffer: ReceiveBuffer,
    private readonly take: (chunks: readonly Chunk[], bytes: number) => Promise<void>,
    private readonly settle: (error?: unknown) => void,
  ) {
    this.#decoder = new ChunkDecoder({ allocate: (length) => buffer.take(length) });
  }

  readonly onPiece = (piece: Buffer): void => this.#advance(this.#decoder.chunksOf(piece));

  readonly onEnd = (): void => {
    this.#isEnded = true;
    try {
      this.#decoder.end();
      this.#flush().then(() => this.#finish(), this.#finish);
    } catch (error) {
      this.#finish(error);
    }
  };

  readonly onBroken = (error: Error = new Error('The connection ended inside a batch.')): void => {
    if (!this.#isEnded) this.#finish(error);
  };

  readonly #finish = (error?: unknown): void => {
    if (this.#isDone) return;
    this.#isDone = true;
    const settle = () => this.settle(error);
    this.#taking.then(settle, settle);
  };

  #advance(chunks: Generator<Chunk>): void {
    try {
      for (let next = chunks.next(); !next.done; next = chunks.next()) {
        this.#step.push(next.value);
        this.#bytes += next.value.bytes.length;
        if (this.#bytes < stepBytes && this.#step.length < stepChunks) continue;
        this.request.pause();
        this.#flush().then(() => this.#goOn(chunks), this.#finish);
        return;
      }
    } catch (error) {
      this.#finish(error);
    }
  }

  #goOn(chunks: Generator<Chunk>): void {
    if (this.#isDone) return;
    // First what is left of the piece: it may fill another step, which pauses again.
    this.request.resume();
    this.#advance(chunks);
  }

  async #flush(): Promise<void> {
    if (this.#step.length === 0) return;
    this.#taking = this.take(this.#step, this.#bytes);
    await this.#taking;
    this.buffer.clear();
    this.#step = [];
    this.#bytes = 0;
  }
}
