import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { appendFact, loadFacts } from './facts';
import { loadLineage, putLineage } from './lineage';
import type { PointManifest } from './point';
import { deletePoint, listPointIds, loadPoint, putPoint } from './point-store';
import {
  formatServiceKey,
  loadOrCreateServiceKey,
  loadServiceKey,
  parseServiceKey,
  wrappingKeyFrom,
} from './service-key';
import { MemoryStore } from './store/memory-store';
import { noise } from './test-bytes';
import { createTestVault, testServiceKey } from './test-vault';
import { createVaultHeader, loadVaultHeader } from './vault-header';
import { addVaultKey, loadVaultKeys } from './vault-keys';

const folder = await mkdtemp(join(tmpdir(), 'crossvault-keys-'));
afterAll(() => rm(folder, { recursive: true }));

const manifest: PointManifest = {
  pointId: 'point-1',
  vaultId: 'vault-1',
  lineageId: 'lineage-1',
  kind: 'files',
  root: { root: noise(16), totals: { files: 3, dirs: 1, bytes: 12345 } },
  sourceId: 'source-1',
  origin: null,
  host: 'büro\n1',
  paths: ['/srv/a b', '/etc'],
  startedAt: new Date('2026-03-01T10:00:00.123Z'),
  finishedAt: new Date('2026-03-01T10:00:05Z'),
  parentPointId: null,
  expiresAt: new Date('2026-04-01T00:00:00Z'),
  stats: {
    files: 3,
    dirs: 1,
    symlinks: 0,
    sourceBytes: 12345,
    readBytes: 12345,
    newBytes: 999,
    unreadable: 0,
  },
};

describe('a service key', () => {
  it('survives being written down, and a slip of the pen is noticed', () => {
    const key = noise(32, 3);
    const text = formatServiceKey(key);
    expect(text).toMatch(/^cvsk1:[\w-]{48}$/);
    expect(Buffer.from(parseServiceKey(` ${text}\n`).key).equals(key)).toBe(true);
    for (let i = 6; i < text.length; i++) {
      const slip = text.slice(0, i) + (text[i] === 'A' ? 'B' : 'A') + text.slice(i + 1);
      expect(() => parseServiceKey(slip)).toThrow('not a complete service key');
    }
    expect(() => parseServiceKey(text.slice(0, -1))).toThrow();
    expect(() => parseServiceKey(text.slice(6))).toThrow();
  });

  it('is made once, for its owner only, also when many start at once', async () => {
    const path = join(folder, 'deep', 'service.key');
    const loaded = await Promise.all(Array.from({ length: 8 }, () => loadOrCreateServiceKey(path)));
    expect(loaded.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(loaded.map(({ key }) => key.label)).size).toBe(1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(parseServiceKey(await readFile(path, 'utf8')).label).toBe(loaded[0]!.key.label);
  });

  it('is not replaced when its file is damaged', async () => {
    const path = join(folder, 'damaged.key');
    await writeFile(path, 'cvsk1:nonsense');
    await expect(loadOrCreateServiceKey(path)).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await readFile(path, 'utf8')).toBe('cvsk1:nonsense');
    await expect(loadServiceKey(join(folder, 'none'))).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe("a vault's keys", () => {
  it('open with the wrapping key only, and say which one is asked for', async () => {
    const { store } = await createTestVault();
    const stranger = wrappingKeyFrom(noise(32, 9));
    await expect(loadVaultKeys(store, 'vault-1', [stranger])).rejects.toMatchObject({
      code: 'key_unavailable',
      message: expect.stringContaining(testServiceKey.label),
    });
    const keys = await loadVaultKeys(store, 'vault-1', [stranger, testServiceKey]);
    expect(keys.current.version).toBe(1);
    await expect(loadVaultKeys(store, 'vault-2', [testServiceKey])).rejects.toMatchObject({
      code: 'corrupt_data',
    });
  });

  it('are only added to: what an old version sealed stays readable', async () => {
    const vault = await createTestVault();
    const writer = vault.writer();
    const old = vault.chunk(noise(100));
    await writer.put(old);
    await writer.flush();
    await addVaultKey(vault.store, 'vault-1', 2, testServiceKey);
    const keys = await loadVaultKeys(vault.store, 'vault-1', [testServiceKey]);
    await addVaultKey(vault.store, 'vault-1', 2, testServiceKey);
    expect((await loadVaultKeys(vault.store, 'vault-1', [testServiceKey])).get(2)).toEqual(keys.get(2));
    expect(keys.current.version).toBe(2);
    const next = vault.writer({ keys });
    const fresh = vault.chunk(noise(100, 2));
    await next.put(fresh);
    await next.flush();
    for (const { name, bytes } of [old, fresh]) {
      const read = await vault.reader({ keys }).read(name, vault.index.find(name)!);
      expect(Buffer.from(read).equals(bytes)).toBe(true);
    }
    await expect(vault.load(fresh.name)).rejects.toMatchObject({ code: 'key_unavailable' });
    expect(await loadLineage(vault.store, keys, 'lineage-1')).toEqual(vault.namingKey);
  });

  it('of which any byte was changed do not open', async () => {
    const { store } = await createTestVault();
    const object = store.objects.get('keys/00000001')!;
    const intact = object.bytes;
    for (let at = 0; at < intact.length; at++) {
      object.bytes = Buffer.from(intact);
      object.bytes[at]! ^= 1 << (at % 8);
      await expect(loadVaultKeys(store, 'vault-1', [testServiceKey]), `byte ${at}`).rejects.toThrow();
    }
  });
});

describe('a lineage', () => {
  it('keeps the first naming key it was given', async () => {
    const { store, keys } = await createTestVault();
    const first = await putLineage(store, keys, 'copy-of-a', noise(32, 1));
    expect(await putLineage(store, keys, 'copy-of-a', noise(32, 2))).toEqual(first);
    expect(first).toEqual(noise(32, 1));
    await expect(loadLineage(store, keys, 'other')).rejects.toMatchObject({ code: 'not_found' });
    await expect(loadLineage(store, keys, '../keys/1')).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('does not open under another name', async () => {
    const { store, keys } = await createTestVault();
    store.objects.set('lineages/other', store.objects.get('lineages/lineage-1')!);
    await expect(loadLineage(store, keys, 'other')).rejects.toMatchObject({ code: 'corrupt_data' });
  });
});

describe('the vault header', () => {
  it('tells whose folder it is and refuses a second vault', async () => {
    const store = new MemoryStore();
    const header = { vaultId: 'v1', createdAt: new Date('2026-01-01T00:00:00Z') };
    await createVaultHeader(store, header);
    await createVaultHeader(store, header);
    expect(await loadVaultHeader(store)).toEqual(header);
    await expect(createVaultHeader(store, { ...header, vaultId: 'v2' })).rejects.toMatchObject({
      code: 'already_exists',
    });
    store.objects.get('vault.json')!.bytes = Buffer.from('{"format":"crossvault","version":7}');
    await expect(loadVaultHeader(store)).rejects.toMatchObject({ code: 'corrupt_data' });
  });
});

describe('a point manifest', () => {
  it('comes back as it was put, once', async () => {
    const { store, keys } = await createTestVault();
    await putPoint(store, keys, manifest);
    await putPoint(store, keys, manifest);
    expect(await loadPoint(store, keys, 'point-1')).toEqual(manifest);
    await expect(putPoint(store, keys, { ...manifest, host: 'other' })).rejects.toMatchObject({
      code: 'state_conflict',
    });
    await putPoint(store, keys, { ...manifest, pointId: 'point-0', expiresAt: null });
    const ids: string[] = [];
    for await (const id of listPointIds(store)) ids.push(id);
    expect(ids).toEqual(['point-0', 'point-1']);
    await deletePoint(store, 'point-0');
    await expect(loadPoint(store, keys, 'point-0')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('cannot be replayed as another point, or read with a byte changed', async () => {
    const { store, keys } = await createTestVault();
    await putPoint(store, keys, manifest);
    const object = store.objects.get('points/point-1')!;
    store.objects.set('points/point-2', object);
    await expect(loadPoint(store, keys, 'point-2')).rejects.toMatchObject({ code: 'corrupt_data' });
    const intact = object.bytes;
    for (let at = 0; at < intact.length; at++) {
      object.bytes = Buffer.from(intact);
      object.bytes[at]! ^= 4;
      await expect(loadPoint(store, keys, 'point-1'), `byte ${at}`).rejects.toThrow();
    }
  });
});

describe('facts', () => {
  it('are read in the order they were appended, and never replaced', async () => {
    const { store, keys } = await createTestVault();
    const lock = { kind: 'lock', at: new Date(5), lockedUntil: new Date(1000) } as const;
    const retention = { kind: 'retention', at: new Date(6), expiresAt: null } as const;
    await appendFact(store, keys, 'point-1', 1, lock);
    await appendFact(store, keys, 'point-1', 2, retention);
    await appendFact(store, keys, 'point-1', 2, retention);
    await expect(appendFact(store, keys, 'point-1', 2, lock)).rejects.toMatchObject({
      code: 'state_conflict',
    });
    expect(await loadFacts(store, keys, 'point-1')).toEqual([lock, retention]);
    expect(await loadFacts(store, keys, 'point-2')).toEqual([]);
  });
});
