import type { Chunk, ChunkName, VaultReader, VaultWriter } from '@/lib/engine/core';
import { NameSet } from '@/lib/engine/core/name-set';
import { computeName } from '@/lib/engine/core/names';
import { CrossvaultError } from '@/lib/errors';
import { translateDatabaseError } from '@/lib/verb';
import type { OpenVault, VaultLineage } from '../vaults';
import { loadChunks, readerOf } from './open-point';
import { ReachedNames } from './walk-pages';

export interface BackupParent {
  pointId: string;
  rootPage: Buffer;
}

export interface BackupSessionInit {
  jobId: string;
  attempt: number;
  vault: OpenVault;
  lineage: VaultLineage;
  pinNo: number;
  sourceId: string;
  parent: BackupParent | null;
}

/**
 * What an engine remembers of one attempt of a backup while its client sends. All of it can be made again from the
 * database: the pin holds the parent, and the packs under the pin tell what has arrived durably.
 */
export class BackupSession {
  readonly reader: VaultReader;
  readonly #writer: VaultWriter;
  /** Names whose bytes this job has shown, durable or on the way. */
  readonly #shown = new NameSet();
  readonly #parent: ReachedNames | null;
  #turn: Promise<unknown> = Promise.resolve();
  lastUsedAt = performance.now();
  /** Requests being answered: a slow one must not be taken for silence. */
  requests = 0;
  /** What the writer had not stored is lost, and the session with it. */
  isBroken = false;

  private constructor(readonly init: BackupSessionInit) {
    this.reader = readerOf(init.vault, init.lineage);
    const { vault, lineage, pinNo, parent } = init;
    this.#writer = vault.writer(lineage, pinNo, { taken: this.#shown });
    const load = (names: readonly ChunkName[]) => loadChunks(vault, lineage, this.reader, names);
    this.#parent = parent && new ReachedNames(load, parent.rootPage);
  }

  static async open(init: BackupSessionInit): Promise<BackupSession> {
    const session = new BackupSession(init);
    const index = init.vault.index(init.lineage);
    for await (const name of index.pinnedNames(init.pinNo)) session.#shown.add(name);
    return session;
  }

  /** Whether this job itself has shown the chunk's bytes. */
  hasShown(name: ChunkName): boolean {
    return this.#shown.has(name);
  }

  /**
   * Which of these the parent's tree reaches. Its pages are read until that is known, those last that the new tree has as
   * well.
   */
  async areInParent(
    names: readonly ChunkName[],
    isInNewTree: (page: ChunkName) => boolean,
  ): Promise<boolean[]> {
    return this.#parent ? this.#parent.find(names, isInNewTree) : names.map(() => false);
  }

  /** All that the parent's tree reaches; its pages are read once, when first asked. */
  async parentNames(): Promise<NameSet | null> {
    return this.#parent?.all() ?? null;
  }

  /** One byte a name. Never answered from the rest of the vault: that would tell whether a stranger's file is there. */
  async known(names: readonly ChunkName[]): Promise<Buffer> {
    const parent = await this.parentNames();
    return Buffer.from(names.map((name) => (this.#shown.has(name) || parent?.has(name) ? 1 : 0)));
  }

  /**
   * Takes chunks into the vault. One that another source has put is dropped, and its sender does not learn of it.
   * @throws `invalid_input` for bytes that do not match their name; the session is then of no more use.
   */
  async accept(chunks: readonly Chunk[]): Promise<void> {
    const { vault, lineage, pinNo } = this.init;
    const fresh = chunks.filter((chunk) => !this.#shown.has(chunk.name));
    const locations = await vault.index(lineage, pinNo).lookup(fresh.map((chunk) => chunk.name));
    for (const [i, chunk] of fresh.entries()) {
      // Its bytes must be shown all the same: else names alone would let a client restore what others have put.
      if (locations[i]) this.#requireName(chunk);
      else await this.#onWriter((writer) => writer.put(chunk));
      this.#shown.add(chunk.name);
    }
  }

  /** Runs whole operations one after the other. */
  inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(act);
    this.#turn = result.catch(() => {});
    return result;
  }

  /** When it resolves, everything accepted is durable and indexed. */
  flush(): Promise<void> {
    return this.#onWriter((writer) => writer.flush());
  }

  /** Keeps what can be kept: a client that comes back finds it. Never rejects. */
  async close(): Promise<void> {
    await this.#writer.flush().catch(() => {});
    await this.#writer.abort();
  }

  #requireName({ name, type, bytes }: Chunk): void {
    if (!computeName(this.init.lineage.namingKey, type, bytes).equals(name)) throw nameMismatch();
  }

  async #onWriter<T>(act: (writer: VaultWriter) => Promise<T>): Promise<T> {
    try {
      return await act(this.#writer);
    } catch (error) {
      this.isBroken = this.#writer.isBroken || !mayPass(error);
      // What the writer finds damaged came from the client a moment ago.
      if (error instanceof CrossvaultError && error.code === 'corrupt_data') throw nameMismatch(error);
      throw error;
    }
  }
}

/** The storage or the database does not answer: the writer keeps what it took until they do. */
function mayPass(error: unknown): boolean {
  const told = translateDatabaseError(error);
  return told instanceof CrossvaultError && told.retryable;
}

function nameMismatch(cause?: unknown): CrossvaultError {
  return new CrossvaultError('invalid_input', 'A chunk does not match its name. Nothing of it was kept.', {
    reason: 'chunk_name_mismatch',
    cause,
  });
}
