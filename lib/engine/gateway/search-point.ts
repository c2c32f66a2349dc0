import type { z } from 'zod';
import type { EntrySearch, SearchEntries } from '@/lib/backup-points/schemas';
import type { ChunkName } from '@/lib/engine/core/chunk';
import { maxDepth } from '@/lib/engine/core/tree/limits';
import { TreeReader, type WalkedEntry } from '@/lib/engine/core/tree/tree-reader';
import { CrossvaultError } from '@/lib/errors';
import type { VaultEnvironment } from '../vaults';
import { toEntry } from './browse-point';
import { loadAhead } from './load-ahead';
import { openPoint } from './open-point';
import { decodePath, encodePath } from './tree-path';

/** Looked at in one request: the answer comes soon, and nobody else of the engine waits for long. */
const entriesPerRequest = 40_000;

/**
 * Entries of a point whose name holds a text, in the order of the tree; with a slash in the text, whose path does. Looks at
 * so many entries at most and then says where to go on, so that an answer may be empty and not yet the last.
 */
export async function searchEntries(
  environment: VaultEnvironment,
  accountId: string,
  query: z.output<typeof SearchEntries>,
): Promise<z.output<typeof EntrySearch>> {
  const point = await openPoint(environment, accountId, query.pointId);
  const tree = new TreeReader(loadAhead(point));
  const matches = createMatcher(query.query);
  const found: z.output<typeof EntrySearch> = { entries: [], nextCursor: null, scannedCount: 0 };
  for await (const { path, entry } of walkAfter(tree, point.rootPage, decodePath(query.cursor ?? ''))) {
    found.scannedCount++;
    if (matches(path, entry.name)) found.entries.push(toEntry(entry, path));
    if (found.entries.length < query.limit && found.scannedCount < entriesPerRequest) continue;
    return { ...found, nextCursor: encodePath([...path, entry.name]) };
  }
  return found;
}

function createMatcher(text: string): (path: readonly Uint8Array[], name: Uint8Array) => boolean {
  const wanted = text.toLowerCase();
  const read = (name: Uint8Array) => Buffer.from(name).toString('utf8').toLowerCase();
  if (!wanted.includes('/')) return (_, name) => read(name).includes(wanted);
  return (path, name) => `/${[...path, name].map(read).join('/')}`.includes(wanted);
}

/** Every entry that comes after one, depth first, each folder before what is in it. An empty path begins at the start. */
async function* walkAfter(
  tree: TreeReader,
  root: ChunkName,
  after: readonly Buffer[],
): AsyncGenerator<WalkedEntry> {
  const { path, stack } = await openAfter(tree, root, after);
  while (stack.length > 0) {
    const step = await stack.at(-1)!.next();
    if (step.done) {
      stack.pop();
      path.pop();
      continue;
    }
    const entry = step.value;
    yield { path: [...path], entry };
    if (entry.type !== 'dir') continue;
    if (stack.length > maxDepth)
      throw new CrossvaultError('corrupt_data', 'Folders lie too deep in each other.');
    path.push(entry.name);
    stack.push(tree.entries(entry.root));
  }
}

/** The open folders on the way to an entry, each to be read on after its own part of the way. */
async function openAfter(tree: TreeReader, root: ChunkName, after: readonly Buffer[]) {
  const path: Uint8Array[] = [];
  const stack = [tree.entries(root, after[0])];
  let folder = root;
  for (const [at, name] of after.entries()) {
    const entry = await tree.find(folder, name);
    if (!entry) throw new CrossvaultError('invalid_input', 'This cursor is not from an earlier page.');
    if (entry.type !== 'dir') break;
    path.push(name);
    stack.push(tree.entries(entry.root, after[at + 1]));
    folder = entry.root;
  }
  return { path, stack };
}
