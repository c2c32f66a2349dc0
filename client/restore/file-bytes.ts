import type { Lease } from '@/lib/engine/core/lease';
import { CrossvaultError } from '@/lib/errors';
import type { ReadyStep } from './read-ahead';

/** One file's bytes out of the stream of ready steps; whatever its reader leaves over, `drain` takes. */
export class FileBytes {
  #isOver: boolean;
  readonly #held = new Set<Lease>();

  constructor(
    private readonly steps: AsyncIterator<ReadyStep>,
    private readonly hasChunks: boolean,
    private readonly onBytes: (count: number) => void,
    /** What was read stays until `release`. */
    private readonly holds = false,
  ) {
    this.#isOver = !hasChunks;
  }

  /** @throws what kept a chunk, or the list of chunks, from being read. */
  async *read(): AsyncGenerator<Uint8Array> {
    if (!this.hasChunks)
      throw new CrossvaultError(
        'state_conflict',
        'what was there disappeared while it was restored; restore it again',
      );
    for (let step = await this.#next(); step; step = await this.#next()) {
      const { fetched, ref } = step;
      if (fetched instanceof Error) throw fetched;
      if (fetched.length !== ref.length)
        throw new CrossvaultError(
          'corrupt_data',
          'A part of the backup has another length than its file says.',
        );
      this.onBytes(fetched.length);
      yield fetched;
    }
  }

  async drain(): Promise<void> {
    while (!this.#isOver) await this.#next().catch((error) => this.#rethrowUnlessOver(error));
  }

  release(): void {
    for (const lease of this.#held) lease.release();
    this.#held.clear();
  }

  #hold(lease: Lease | null): void {
    if (!this.holds || !lease || this.#held.has(lease)) return;
    lease.hold();
    this.#held.add(lease);
  }

  async #next(): Promise<(ReadyStep & { step: 'chunk' }) | null> {
    if (this.#isOver) return null;
    const next = await this.steps.next();
    if (next.done) throw new Error('Invariant broken: a plan ended inside a file');
    const step = next.value;
    if (step.step === 'chunk') {
      this.#hold(step.lease);
      return step;
    }
    this.#isOver = true;
    if (step.step === 'end' && step.error) throw step.error;
    return null;
  }

  /** The list's own error was told to the reader, if there was one. */
  #rethrowUnlessOver(error: unknown): void {
    if (!this.#isOver) throw error;
  }
}
