import { createHash } from 'node:crypto';
import type { Chunk, ChunkName, EntryMeta, TreeRoot } from '@/lib/engine/core';
import { Chunker } from '@/lib/engine/core/chunker/chunker';
import { computeName } from '@/lib/engine/core/names';
import { ContentBuilder, TreeBuilder } from '@/lib/engine/core/tree/tree-builder';
import { TreeReader } from '@/lib/engine/core/tree/tree-reader';

/** Folders as objects, files as bytes. */
export interface TestTree {
  [name: string]: Buffer | TestTree;
}

const meta = (name: string): EntryMeta => ({
  name: Buffer.from(name),
  mode: 0o644,
  uid: 1000,
  gid: 1000,
  mtimeNs: 1_700_000_000_123_456_789n,
});

/** A backup point's tree with all its chunks, in the order in which a client would meet them. */
export async function buildTree(
  namingKey: Uint8Array,
  tree: TestTree,
): Promise<TreeRoot & { chunks: Chunk[] }> {
  const chunks: Chunk[] = [];
  const emit = (chunk: Chunk) => void chunks.push(chunk);
  const builder = new TreeBuilder(namingKey, emit);
  const chunker = new Chunker(namingKey);
  const addFolder = async (folder: TestTree) => {
    for (const name of Object.keys(folder).sort()) {
      const item = folder[name]!;
      if (!Buffer.isBuffer(item)) {
        await builder.enterDir(meta(name));
        await addFolder(item);
        await builder.leaveDir();
        continue;
      }
      const content = new ContentBuilder(namingKey, emit);
      for await (const piece of chunker.split([item])) {
        const bytes = Buffer.from(piece);
        const chunk: Chunk = { name: computeName(namingKey, 'data', bytes), type: 'data', bytes };
        emit(chunk);
        await content.add(chunk.name, bytes.length);
      }
      await builder.add({
        ...meta(name),
        type: 'file',
        sizeBytes: item.length,
        content: await content.finish(),
      });
    }
  };
  await addFolder(tree);
  return { ...(await builder.finish()), chunks };
}

export type TreeDigest = { [name: string]: string | TreeDigest };

/** The same shape with each file's SHA-256. */
export function digestTree(tree: TestTree): TreeDigest {
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const digest = (item: Buffer | TestTree) => (Buffer.isBuffer(item) ? sha256(item) : digestTree(item));
  return Object.fromEntries(Object.entries(tree).map(([name, item]) => [name, digest(item)]));
}

/** Reads a whole tree back, chunk by chunk. */
export async function readTree(
  root: ChunkName,
  load: (name: ChunkName) => Promise<Uint8Array>,
): Promise<TestTree> {
  const reader = new TreeReader(load);
  const readFolder = async (page: ChunkName): Promise<TestTree> => {
    const folder: TestTree = {};
    for await (const entry of reader.entries(page)) {
      const name = Buffer.from(entry.name).toString();
      if (entry.type === 'dir') folder[name] = await readFolder(entry.root);
      if (entry.type !== 'file') continue;
      const parts: Uint8Array[] = [];
      for await (const chunk of reader.chunks(entry.content, entry.sizeBytes))
        parts.push(await load(chunk.name));
      folder[name] = Buffer.concat(parts);
    }
    return folder;
  };
  return readFolder(root);
}
