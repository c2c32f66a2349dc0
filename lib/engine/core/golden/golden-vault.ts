import { createHash } from 'node:crypto';
import { appendFact, recordVaultLock } from '../facts';
import { loadLineage } from '../lineage';
import { putPoint } from '../point-store';
import { listPoints, openBareVault, rebuildIndex } from '../rescue';
import type { ObjectStore } from '../store/object-store';
import { noise, prose } from '../test-bytes';
import { createTestVault, type TestVault, testLineage, testServiceKey } from '../test-vault';
import type { EntryMeta, TreeEntry } from '../tree/entry';
import { ContentBuilder, TreeBuilder } from '../tree/tree-builder';
import { TreeReader } from '../tree/tree-reader';
import { addVaultKey, loadVaultKeys } from '../vault-keys';
import { createVaultReader } from '../vault-reader';
import { createVaultWriter } from '../vault-writer';
import { inlinePool } from '../work/pool';

/** What a vault holds, in a form that can be kept beside it: entries by point and path. */
export type Contents = Record<string, Record<string, unknown>>;

const meta = (name: string, more: Partial<EntryMeta> = {}): EntryMeta => ({
  name: Buffer.from(name, 'latin1'),
  mode: 0o644,
  uid: 1000,
  gid: 70_000,
  mtimeNs: 1_600_000_000_123_456_789n,
  ...more,
});

/** Fills an empty store with a vault that has some of everything that the format knows. */
export async function makeGoldenVault(store: ObjectStore): Promise<void> {
  const vault = await createTestVault({ store });
  await backUp(vault, 'p1', { extra: false });
  // The second point is sealed by the second version of the key, and most of it is archived.
  await addVaultKey(store, 'vault-1', 2, testServiceKey);
  const keys = await loadVaultKeys(store, 'vault-1', [testServiceKey]);
  const later = { ...vault, keys };
  await backUp(later, 'p2', { extra: true });
  const at = new Date('2026-03-01T00:00:00Z');
  await appendFact(store, keys, 'p1', 1, {
    kind: 'retention',
    at,
    expiresAt: new Date('2027-01-01T00:00:00Z'),
  });
  await appendFact(store, keys, 'p1', 2, { kind: 'lock', at, lockedUntil: null });
  await appendFact(store, keys, 'p2', 1, { kind: 'archived', at });
  await recordVaultLock(store, keys, at);
}

async function backUp(vault: TestVault<ObjectStore>, pointId: string, { extra }: { extra: boolean }) {
  const writer = createVaultWriter({
    store: vault.store,
    keys: vault.keys,
    namingKey: vault.namingKey,
    pool: inlinePool,
    packBytes: 40_000,
    tier: extra ? 'archive' : 'standard',
    onStoredPack: async ({ pack, rows }) => void (await vault.index.add(pack, rows)),
  });
  const put = (chunk: Parameters<typeof writer.put>[0]) => writer.put(chunk);
  const tree = new TreeBuilder(vault.namingKey, put);
  const addFile = async (
    name: string,
    pieces: Buffer[],
    more: Partial<EntryMeta> & { isSparse?: boolean } = {},
  ) => {
    const content = new ContentBuilder(vault.namingKey, put);
    for (const piece of pieces) {
      const chunk = vault.chunk(piece);
      await put(chunk);
      await content.add(chunk.name, piece.length);
    }
    const { sizeBytes } = content;
    await tree.add({ ...meta(name), ...more, type: 'file', sizeBytes, content: await content.finish() });
  };
  await tree.enterDir(meta('docs', { mode: 0o1775, owner: 'ann', group: 'staff' }));
  for (let i = 100; i < 160; i++) await addFile(`n${i}`, i % 10 === 0 ? [prose(3000, i)] : []);
  await tree.leaveDir();
  if (extra) await addFile('extra', [noise(9000, 5)], { mtimeNs: -5n });
  await tree.add({ ...meta('fifo'), type: 'fifo' });
  await addFile(
    'large',
    Array.from({ length: 700 }, (_, i) => noise(40 + (i % 5), i)),
  );
  await addFile('m\xe9dium\n', [prose(20_000), noise(2000), prose(300, 9)], {
    ctimeNs: 12n,
    inode: 2n ** 63n,
    hardLinkGroup: 7n,
    xattrs: [{ name: Buffer.from('user.a'), value: noise(300) }],
  });
  await addFile('sparse', [Buffer.alloc(5000), prose(100)], { isSparse: true });
  await tree.add({ ...meta('tty'), type: 'char_device', device: { major: 4, minor: 1 } });
  await tree.add({ ...meta('z'), type: 'symlink', target: Buffer.from('docs/n100') });
  const root = await tree.finish();
  await writer.flush();
  await putPoint(vault.store, vault.keys, {
    pointId,
    vaultId: 'vault-1',
    lineageId: testLineage,
    kind: 'files',
    root,
    sourceId: 'ds-1',
    origin: extra ? { vaultId: 'v-origin', pointId: 's-origin' } : null,
    host: 'host',
    paths: ['/docs', '/'],
    startedAt: new Date(1000),
    finishedAt: new Date(extra ? 3000 : 2000),
    parentPointId: extra ? 'p1' : null,
    expiresAt: extra ? null : new Date('2026-12-31T00:00:00Z'),
    stats: { files: 65, dirs: 1, symlinks: 1, sourceBytes: 1, readBytes: 2, newBytes: 3, unreadable: 4 },
  });
}

/** Reads everything of a vault from its storage and the service key of the tests alone. */
export async function readContents(store: ObjectStore): Promise<Contents> {
  const fail = ({ objectName, error }: { objectName: string; error: Error }) => {
    throw new Error(`${objectName}: ${error.message}`);
  };
  const vault = await openBareVault(store, [testServiceKey]);
  const index = await rebuildIndex(vault, () => {}, fail);
  const contents: Contents = {};
  for (const point of await listPoints(vault, fail)) {
    const namingKey = await loadLineage(store, vault.keys, point.lineageId);
    const reader = createVaultReader({ store, keys: vault.keys, namingKey, pool: inlinePool });
    const load = async (name: Uint8Array) => reader.read(name, index.find(name)!);
    const tree = new TreeReader(load);
    const { root, ...manifest } = point;
    const entries: Record<string, unknown> = { manifest: plain({ ...manifest, totals: root.totals }) };
    for await (const { path, entry } of tree.walk(root.root)) {
      const name = [...path, entry.name].map((part) => Buffer.from(part).toString('latin1')).join('/');
      entries[name] = await describeEntry(entry, tree, load);
    }
    contents[point.pointId] = entries;
  }
  return contents;
}

async function describeEntry(
  entry: TreeEntry,
  tree: TreeReader,
  load: (name: Uint8Array) => Promise<Uint8Array>,
) {
  if (entry.type === 'dir') {
    const { root: _, ...rest } = entry;
    return plain(rest);
  }
  if (entry.type !== 'file') return plain(entry);
  const { content, ...rest } = entry;
  const hash = createHash('sha256');
  for await (const { name } of tree.chunks(content)) hash.update(await load(name));
  return plain({ ...rest, sha256: hash.digest('hex') });
}

/** As JSON holds it: large numbers and bytes as text. */
function plain(value: object): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, part) => {
      if (typeof part === 'bigint') return String(part);
      if (part?.type === 'Buffer') return Buffer.from(part.data).toString('latin1');
      return part instanceof Uint8Array ? Buffer.from(part).toString('latin1') : part;
    }),
  );
}
