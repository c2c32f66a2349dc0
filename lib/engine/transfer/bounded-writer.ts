import type { ForeignFrame, ForeignRun, VaultWriter } from '@/lib/engine/core';

/** A writer remembers every name it took, at some 50 bytes each. */
const maxNames = 1_000_000;

/**
 * A writer that is replaced by a fresh one after a million chunks, so that memory does not follow the size of what is
 * copied. What the first one took is durable and in the index by then.
 */
export class BoundedWriter {
  #writer: VaultWriter;
  #names = 0;

  constructor(private readonly create: () => VaultWriter) {
    this.#writer = create();
  }

  async addFrame(frame: ForeignFrame): Promise<void> {
    await this.#room(frame.wanted.length);
    await this.#writer.addFrame(frame);
  }

  async addRun(run: ForeignRun): Promise<void> {
    await this.#room(run.frames.reduce((sum, { rows }) => sum + rows.length, 0));
    await this.#writer.addRun(run);
  }

  flush(): Promise<void> {
    return this.#writer.flush();
  }

  abort(): Promise<void> {
    return this.#writer.abort();
  }

  async #room(names: number): Promise<void> {
    if (this.#names > maxNames) {
      await this.#writer.flush();
      this.#writer = this.create();
      this.#names = 0;
    }
    this.#names += names;
  }
}
