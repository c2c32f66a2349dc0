import type { ChunkLocation, ChunkName, TreeTotals } from '@/lib/engine/core';
import { NameSet } from '@/lib/engine/core/name-set';
import { nameToHex } from '@/lib/engine/core/names';
import { addTotals, noTotals } from '@/lib/engine/core/tree/fields';
import { decodePage, type TreePage } from '@/lib/engine/core/tree/page';
import { type PageReferences, pageReferences } from '@/lib/engine/core/tree/references';
import { totalsOf } from '@/lib/engine/core/tree/tree-builder';
import { CrossvaultError } from '@/lib/errors';
import type { BackupSession } from './backup-session';
import { loadChunks } from './open-point';

const pagesAtATime = 64;
const chunksAtATime = 5000;
const maxNamesTold = 1000;

/** A tree that refers to chunks which this job has not put and its parent does not have. */
export class ChunksMissingError extends CrossvaultError {
  constructor(readonly missing: readonly string[]) {
    super(
      'invalid_input',
      'The backup refers to data that has not arrived. Begin again: what arrived is kept.',
      {
        reason: 'chunks_missing',
      },
    );
  }
}

/**
 * Checks that everything a new tree reaches was put by this job and is durable, or is reached by the parent; subtrees of
 * the parent are not entered. Work follows the change. @returns the totals under the root.
 */
export async function verifyTree(session: BackupSession, root: ChunkName): Promise<TreeTotals> {
  const check = new TreeCheck(session);
  await check.run(root);
  if (check.missing.length > 0) throw new ChunksMissingError(check.missing);
  return rootTotals(session, root);
}

class TreeCheck {
  readonly missing: string[] = [];
  /** Pages that the tree has, as far as it was followed. */
  readonly #pages = new NameSet();
  readonly #stack: ChunkName[] = [];

  constructor(private readonly session: BackupSession) {}

  async run(root: ChunkName): Promise<void> {
    this.#pages.add(root);
    this.#stack.push(root);
    while (this.#stack.length > 0 && this.missing.length < maxNamesTold) {
      const pages = this.#stack.splice(-pagesAtATime).map((name) => ({ name }));
      const own = await this.#requireShown(pages, 'tree');
      await this.#follow(await this.#read(own.map(({ name }) => name)));
    }
  }

  /** One look-up for what many pages refer to: most folders hold few files. */
  async #follow(references: readonly PageReferences[]): Promise<void> {
    const chunks: PageReferences['chunks'] = [];
    const seen = new NameSet();
    for (const page of references) {
      for (const below of page.pages) if (this.#pages.add(below)) this.#stack.push(below);
      for (const chunk of page.chunks) if (seen.add(chunk.name)) chunks.push(chunk);
    }
    for (let at = 0; at < chunks.length; at += chunksAtATime)
      await this.#requireShown(chunks.slice(at, at + chunksAtATime), 'data');
  }

  /**
   * Those that this job put and the index has; the parent's are left out, the others are written down as missing. All
   * are of the type and length that the reference says: a page that cannot be read would stop every later collection.
   */
  async #requireShown(
    wanted: { name: ChunkName; length?: number }[],
    type: 'tree' | 'data',
  ): Promise<{ name: ChunkName }[]> {
    const { vault, lineage } = this.session.init;
    const own = wanted.filter(({ name }) => this.session.hasShown(name));
    const others = wanted.filter(({ name }) => !this.session.hasShown(name));
    const areInParent = await this.session.areInParent(
      others.map(({ name }) => name),
      (page) => this.#pages.has(page),
    );
    const inherited = others.filter((_, i) => areInParent[i]);
    for (const [i, one] of others.entries()) if (!areInParent[i]) this.#miss(one.name);
    const index = vault.index(lineage);
    const kept = await index.locate(inherited.map(({ name }) => name));
    for (const [i, one] of inherited.entries()) {
      const location = kept[i];
      if (!location)
        throw new CrossvaultError('corrupt_data', 'Data of the previous backup point is missing.');
      requireFit(one, location, type);
    }
    const found = await index.lookup(own.map(({ name }) => name));
    return own.filter((one, i) => {
      const location = found[i];
      if (location) requireFit(one, location, type);
      else this.#miss(one.name);
      return location !== null;
    });
  }

  async #read(pages: ChunkName[]): Promise<PageReferences[]> {
    const { vault, lineage } = this.session.init;
    const references: PageReferences[] = [];
    for await (const { bytes } of loadChunks(vault, lineage, this.session.reader, pages)) {
      references.push(pageReferences(decode(bytes)));
    }
    return references;
  }

  #miss(name: ChunkName): void {
    if (this.missing.length < maxNamesTold) this.missing.push(nameToHex(name));
  }
}

function requireFit({ length }: { length?: number }, location: ChunkLocation, type: 'tree' | 'data'): void {
  if (location.pack.type !== type) throw malformed(`a ${type} reference names another kind of chunk`);
  if (length !== undefined && length !== location.length) throw malformed('a chunk has another length');
}

async function rootTotals({ init, reader }: BackupSession, root: ChunkName): Promise<TreeTotals> {
  for await (const { bytes } of loadChunks(init.vault, init.lineage, reader, [root])) {
    const page = decode(bytes);
    if (page.kind !== 'dir') throw malformed('its root is not a folder');
    const parts = 'entries' in page ? page.entries.map(totalsOf) : page.pages.map((ref) => ref.totals);
    return parts.reduce(addTotals, noTotals);
  }
  throw new Error('Invariant broken: a root that was checked can be read');
}

function decode(bytes: Uint8Array): TreePage {
  try {
    return decodePage(bytes);
  } catch (cause) {
    throw malformed('a page cannot be read', cause);
  }
}

function malformed(what: string, cause?: unknown): CrossvaultError {
  return new CrossvaultError('invalid_input', `The backup's tree is not usable: ${what}.`, {
    reason: 'tree_malformed',
    cause,
  });
}
