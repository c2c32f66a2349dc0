import { besideFolder, compareInTree, namesOfKey } from '@/lib/sources/schemas';
import type { ListedObject, ListPage } from './listed-object';
import type { ObjectFilter } from './object-filter';
import { listInTreeOrder } from './tree-order';

/** What a backup meets, in the order in which a tree is built. */
export type ObjectStep =
  | { step: 'enter'; name: Uint8Array }
  | { step: 'leave' }
  | { step: 'object'; object: ListedObject /** From the root of the point. */; path: Uint8Array[] };

interface OpenFolder {
  name: Uint8Array;
  /** The object whose key is this folder's too: it comes after the folder, under a name of its own. */
  twin: ListedObject | null;
}

/** All objects that are wanted below some prefixes, as folders and objects of a tree. */
export async function* objectSteps(
  listPage: ListPage,
  prefixes: readonly string[],
  filter: ObjectFilter,
): AsyncGenerator<ObjectStep> {
  const open: OpenFolder[] = [];
  let held: { object: ListedObject; path: Uint8Array[] } | null = null;
  for await (const object of wanted(listPage, prefixes, filter)) {
    const path = namesOfKey(object.key);
    // An object is known to have a folder beside it only when the next one lies in that folder.
    const twin: typeof held = held && isAbove(held.path, path) ? held : null;
    if (held && !twin) yield { step: 'object', ...held };
    yield* moveTo(open, path, twin);
    held = { object, path };
  }
  if (held) yield { step: 'object', ...held };
  yield* moveTo(open, [Buffer.alloc(0)], null);
}

async function* wanted(
  listPage: ListPage,
  prefixes: readonly string[],
  filter: ObjectFilter,
): AsyncGenerator<ListedObject> {
  for (const prefix of outermost(prefixes)) {
    for await (const object of listInTreeOrder(listPage, prefix)) if (filter(object.key)) yield object;
  }
}

/** In the order of the tree, none beginning with another: so what lies below them is in order too. */
export function outermost(prefixes: readonly string[]): Buffer[] {
  const sorted = prefixes.map((prefix) => Buffer.from(prefix)).sort(compareInTree);
  return sorted.filter(
    (prefix, at) => !sorted.slice(0, at).some((other) => prefix.subarray(0, other.length).equals(other)),
  );
}

/** Leaves and enters folders until those above an object are open. */
function* moveTo(
  open: OpenFolder[],
  path: readonly Uint8Array[],
  twin: { object: ListedObject; path: Uint8Array[] } | null,
): Generator<ObjectStep> {
  let shared = 0;
  while (shared < open.length && shared < path.length - 1 && isSame(open[shared]!.name, path[shared]!))
    shared++;
  while (open.length > shared) {
    const left = open.pop()!;
    yield { step: 'leave' };
    if (left.twin) {
      const above = open.map(({ name }) => name);
      yield { step: 'object', object: left.twin, path: [...above, besideFolder(left.name)] };
    }
  }
  for (const name of path.slice(shared, -1)) {
    const isTwins = twin !== null && open.length === twin.path.length - 1;
    open.push({ name, twin: isTwins ? twin.object : null });
    yield { step: 'enter', name };
  }
}

function isAbove(folder: readonly Uint8Array[], path: readonly Uint8Array[]): boolean {
  return folder.length < path.length && folder.every((name, at) => isSame(name, path[at]!));
}

const isSame = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
