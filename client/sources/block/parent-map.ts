import { z } from 'zod';
import type { ChunkName } from '@/lib/engine/core/chunk';
import type { ChunkRef, FileContent, FileEntry } from '@/lib/engine/core/tree/entry';
import type { ContentPageRef } from '@/lib/engine/core/tree/page';
import { TreeReader } from '@/lib/engine/core/tree/tree-reader';
import type { TreePass } from '../../backup/run-tree-backup';

/** What a backup keeps with each disk's entry: enough to build the next one on it. */
export const DiskMark = z.object({
  diskId: z.string(),
  generation: z.number().int(),
  dataBytes: z.number().int().nonnegative(),
  /** What QEMU writes down the changes since then under, while the machine runs on. */
  bitmap: z.string().nullable(),
});
export type DiskMark = z.infer<typeof DiskMark>;

export const markAttribute = Buffer.from('user.crossvault.disk');

export function encodeMark(mark: DiskMark): { name: Buffer; value: Buffer } {
  return { name: markAttribute, value: Buffer.from(JSON.stringify(mark)) };
}

export function readMark(entry: FileEntry): DiskMark | null {
  const found = entry.xattrs?.find(({ name }) => markAttribute.equals(name));
  if (!found) return null;
  const parsed = DiskMark.safeParse(JSON.parse(Buffer.from(found.value).toString()));
  return parsed.success ? parsed.data : null;
}

/** More than any page, for the cap on an answer. */
const pageCapBytes = 192 * 1024;

interface Leaf extends ContentPageRef {
  start: number;
}

/** The blocks of a disk in the backup before: its upper pages are read, the lists themselves only where they are asked for. */
export class ParentMap {
  #hint = 0;

  private constructor(
    readonly sizeBytes: number,
    readonly dataBytes: number,
    private readonly content: FileContent,
    private readonly reader: TreeReader,
    private readonly leaves: readonly Leaf[],
  ) {}

  static async open(reader: TreeReader, entry: FileEntry, mark: DiskMark): Promise<ParentMap> {
    const leaves: Leaf[] = [];
    if (entry.content.kind === 'tree') await collectLeaves(reader, entry.content.root, leaves);
    return new ParentMap(entry.sizeBytes, mark.dataBytes, entry.content, reader, leaves);
  }

  /** The page whose list holds this place, for pages of a tree. Asked in ascending order. */
  leafAt(offset: number): Leaf | null {
    while (this.#hint < this.leaves.length) {
      const leaf = this.leaves[this.#hint]!;
      if (offset < leaf.start + leaf.bytes) return offset >= leaf.start ? leaf : null;
      this.#hint++;
    }
    return null;
  }

  /** The references whose blocks lie in this range. */
  async refs(start: number, end: number): Promise<ChunkRef[]> {
    const found: ChunkRef[] = [];
    for (let at = start; at < end; ) {
      const list = await this.#listAt(at);
      let offset = list.start;
      for (const ref of list.chunks) {
        if (offset >= end) return found;
        if (offset >= at) found.push(ref);
        offset += ref.length;
      }
      if (offset <= at) return found;
      at = offset;
    }
    return found;
  }

  async #listAt(offset: number): Promise<{ start: number; chunks: readonly ChunkRef[] }> {
    if (this.content.kind === 'inline') return { start: 0, chunks: this.content.chunks };
    const leaf = findLeaf(this.leaves, offset) ?? { page: this.content.root, start: 0 };
    const page = await this.reader.contentPage(leaf.page, 0);
    return { start: leaf.start, chunks: 'chunks' in page ? page.chunks : [] };
  }
}

/** The last leaf that begins at or before this place. */
function findLeaf(leaves: readonly Leaf[], offset: number): Leaf | undefined {
  let [low, high] = [0, leaves.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (leaves[middle]!.start <= offset) low = middle + 1;
    else high = middle;
  }
  return leaves[low - 1];
}

async function collectLeaves(reader: TreeReader, root: ChunkName, leaves: Leaf[]): Promise<void> {
  const page = await reader.contentPage(root);
  // A list of one page has no page above it to share it from.
  if ('chunks' in page) return;
  let start = leaves.length > 0 ? leaves.at(-1)!.start + leaves.at(-1)!.bytes : 0;
  for (const ref of page.pages) {
    if (page.level > 1) await collectLeaves(reader, ref.page, leaves);
    else {
      leaves.push({ ...ref, start });
      start += ref.bytes;
    }
  }
}

/** The disks of the backup before, by their entries' names. Empty without one. */
export async function readParent(
  pass: TreePass,
): Promise<Map<string, { entry: FileEntry; mark: DiskMark; reader: TreeReader }>> {
  const disks = new Map<string, { entry: FileEntry; mark: DiskMark; reader: TreeReader }>();
  if (!pass.parent) return disks;
  const reader = new TreeReader(async (name) => {
    for await (const { bytes } of pass.parentPages([name], pageCapBytes)) return bytes;
    throw new Error('the gateway sent no page');
  });
  for await (const entry of reader.entries(pass.parent.rootPage)) {
    const mark = entry.type === 'file' ? readMark(entry) : null;
    if (entry.type === 'file' && mark) disks.set(Buffer.from(entry.name).toString(), { entry, mark, reader });
  }
  return disks;
}
