import type { EntryMeta, FileContent, TreeRoot } from '@/lib/engine/core/tree/entry';
import type { EmitPage } from '@/lib/engine/core/tree/ports';
import { TreeBuilder } from '@/lib/engine/core/tree/tree-builder';

/** An object whose bytes are with the gateway. */
export interface StoredObject {
  names: readonly Buffer[];
  ebid: string;
  sizeBytes: number;
  content: FileContent;
}

const ebidAttribute = Buffer.from('user.crossvault.ebid');

/** The objects as files under their own paths, each with its id as an attribute. */
export async function buildObjectTree(
  namingKey: Uint8Array,
  objects: readonly StoredObject[],
  at: Date,
  emit: EmitPage,
): Promise<TreeRoot> {
  const tree = new TreeBuilder(namingKey, emit);
  const open: Buffer[] = [];
  const meta = (name: Buffer, mode: number): EntryMeta => ({
    name,
    mode,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    mtimeNs: BigInt(at.getTime()) * 1_000_000n,
  });
  for (const { names, ebid, sizeBytes, content } of [...objects].sort(byNames)) {
    const folders = names.slice(0, -1);
    const shared = countShared(open, folders);
    for (; open.length > shared; open.pop()) await tree.leaveDir();
    for (const folder of folders.slice(shared)) {
      await tree.enterDir(meta(folder, 0o700));
      open.push(folder);
    }
    const xattrs = [{ name: ebidAttribute, value: Buffer.from(ebid) }];
    await tree.add({ ...meta(names.at(-1)!, 0o600), type: 'file', sizeBytes, content, xattrs });
  }
  for (; open.length > 0; open.pop()) await tree.leaveDir();
  return tree.finish();
}

function byNames(a: StoredObject, b: StoredObject): number {
  for (let i = 0; i < Math.min(a.names.length, b.names.length); i++) {
    const order = Buffer.compare(a.names[i]!, b.names[i]!);
    if (order !== 0) return order;
  }
  return a.names.length - b.names.length;
}

function countShared(open: readonly Buffer[], folders: readonly Buffer[]): number {
  let shared = 0;
  while (shared < Math.min(open.length, folders.length) && open[shared]!.equals(folders[shared]!)) shared++;
  return shared;
}
