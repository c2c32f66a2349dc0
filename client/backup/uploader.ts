import type { Chunk, ChunkName } from '@/lib/engine/core/chunk';
import { NameSet } from '@/lib/engine/core/name-set';
import { maxChunkBytes } from '@/lib/engine/wire-binary';

/** Where an uploader sends to. Both calls may be repeated. */
export interface UploadTarget {
  /** Names that need not be sent, one flag each. */
  known(names: readonly ChunkName[]): Promise<boolean[]>;
  send(chunks: readonly Chunk[]): Promise<void>;
}

const maxInFlight = 3;
/** Less than may cross together: each batch is held here, once more on its way out, and several are under way. */
const batchBytes = 5 * 1024 * 1024;
const maxChunksPerBatch = 4096;
/**
 * So little is sent at once where it is known what is held: to tell what else it knows, the other side may have to look
 * through all that it has.
 */
const maxUnaskedBytes = 1024 * 1024;
/** Names remembered as sent, at 27 to 54 bytes each; beyond it they are forgotten and duplicates go out again. */
const maxRemembered = 4_000_000;

class Batch {
  readonly chunks: Chunk[] = [];
  length = 0;
  readonly #arena = Buffer.allocUnsafeSlow(batchBytes + maxChunkBytes);

  /** Copies the chunk: its bytes are the reader's buffer. */
  add(chunk: Chunk): void {
    const bytes = this.#arena.subarray(this.length, this.length + chunk.bytes.length);
    bytes.set(chunk.bytes);
    this.length += bytes.length;
    this.chunks.push({ name: Uint8Array.from(chunk.name), type: chunk.type, bytes });
  }

  get isFull(): boolean {
    return this.length >= batchBytes || this.chunks.length >= maxChunksPerBatch;
  }

  clear(): this {
    this.chunks.length = 0;
    this.length = 0;
    return this;
  }
}

/**
 * Gathers chunks into batches and sends a few at a time; memory is bounded by the batches in flight. A chunk met again is
 * not sent again. The first failure is thrown by every later call.
 */
export class Uploader {
  readonly #inFlight = new Set<Promise<void>>();
  readonly #spare: Batch[] = [];
  #unaskedBytes = 0;
  #remembered = new NameSet();
  #held: NameSet | null = null;
  #open = new Batch();
  #failure: { error: unknown } | null = null;
  sentBytes = 0;
  sentChunks = 0;

  /** @param shouldAsk whether the target may know chunks already: false for the first backup of a source. */
  constructor(
    private readonly target: UploadTarget,
    private readonly shouldAsk: boolean,
    private readonly onSent: (bytes: number) => void = () => {},
  ) {}

  /** What the target holds for sure while this runs; nothing of it is sent or asked for. */
  hold(names: NameSet): void {
    this.#held = names;
  }

  /** Resolves when there is room for more. The bytes may be used again right after. */
  async add(chunk: Chunk): Promise<void> {
    this.#requireNoFailure();
    if (this.#held?.has(chunk.name) || !this.#remembered.add(chunk.name)) return;
    if (this.#remembered.size > maxRemembered) this.#remembered = new NameSet();
    this.#open.add(chunk);
    if (this.#open.isFull) await this.#dispatch();
  }

  /** Sends what is open and waits for everything. */
  async flush(): Promise<void> {
    if (this.#open.chunks.length > 0) await this.#dispatch();
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
    this.#requireNoFailure();
  }

  async #dispatch(): Promise<void> {
    const batch = this.#open;
    this.#open = this.#spare.pop()?.clear() ?? new Batch();
    const sending = this.#send(batch)
      .then(() => void this.#spare.push(batch))
      .catch((error) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#inFlight.delete(sending));
    this.#inFlight.add(sending);
    while (this.#inFlight.size >= maxInFlight) await Promise.race(this.#inFlight);
    this.#requireNoFailure();
  }

  async #send({ chunks }: Batch): Promise<void> {
    const length = chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
    const isLittle = this.#held && this.#unaskedBytes + length <= maxUnaskedBytes;
    const asks = this.shouldAsk && !isLittle;
    if (!asks) this.#unaskedBytes += length;
    const known = asks ? await this.target.known(chunks.map((chunk) => chunk.name)) : [];
    const wanted = chunks.filter((_, i) => !known[i]);
    if (wanted.length === 0) return;
    await this.target.send(wanted);
    const bytes = wanted.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
    this.sentBytes += bytes;
    this.sentChunks += wanted.length;
    this.onSent(bytes);
  }

  #requireNoFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
