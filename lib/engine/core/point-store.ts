import { CrossvaultError } from '@/lib/errors';
import { corrupt } from './bytes';
import { formatVersion } from './format-version';
import { nameFromHex, nameToHex } from './names';
import type { PointKind, PointManifest } from './point';
import type { ObjectStore } from './store/object-store';
import type { VaultKeys } from './vault-keys';
import { getSealed, putSealed, requireObjectId } from './vault-objects';

const prefix = 'points/';
const objectName = (pointId: string) => prefix + requireObjectId(pointId);
const kinds: readonly PointKind[] = ['files', 'disk', 'objects', 'database'];

function encode(manifest: PointManifest): Buffer {
  const { root, ...rest } = manifest;
  return Buffer.from(
    JSON.stringify({ version: formatVersion, ...rest, root: nameToHex(root.root), totals: root.totals }),
  );
}

type Json = Record<string, unknown>;

function decode(bytes: Uint8Array, what: string): PointManifest {
  try {
    const json = JSON.parse(Buffer.from(bytes).toString('utf8')) as Json;
    if (json.version !== formatVersion) throw new Error(`unknown version ${json.version}`);
    const { version: _, root, totals, ...rest } = json;
    const manifest = {
      ...rest,
      root: { root: nameFromHex(String(root)), totals },
      startedAt: new Date(String(json.startedAt)),
      finishedAt: new Date(String(json.finishedAt)),
      expiresAt: json.expiresAt === null ? null : new Date(String(json.expiresAt)),
    } as unknown as PointManifest;
    requireComplete(manifest);
    return manifest;
  } catch (cause) {
    throw corrupt(`${what} is not a point manifest`, cause);
  }
}

function requireComplete(manifest: PointManifest): void {
  const { pointId, vaultId, lineageId, sourceId, host, paths, stats, root, kind } = manifest;
  const texts = [pointId, vaultId, lineageId, sourceId, host];
  if (!texts.every((text) => typeof text === 'string')) throw new Error('a field is missing');
  if (!kinds.includes(kind)) throw new Error('unknown kind');
  if (!Array.isArray(paths) || typeof stats !== 'object' || stats === null)
    throw new Error('a field is missing');
  if (![root.totals?.files, root.totals?.dirs, root.totals?.bytes].every(Number.isSafeInteger)) {
    throw new Error('the totals are missing');
  }
  if (Number.isNaN(manifest.startedAt.getTime()) || Number.isNaN(manifest.finishedAt.getTime())) {
    throw new Error('the times are missing');
  }
}

/**
 * Stores a point's manifest; everything it refers to is durable before. Repeatable.
 * @throws `state_conflict` when another manifest has this id.
 */
export async function putPoint(store: ObjectStore, keys: VaultKeys, manifest: PointManifest): Promise<void> {
  const name = objectName(manifest.pointId);
  if ((await putSealed(store, keys, 'point', name, encode(manifest))) === 'created') return;
  const stored = await loadPoint(store, keys, manifest.pointId);
  if (!encode(stored).equals(encode(manifest))) {
    throw new CrossvaultError('state_conflict', `Another backup point is stored as ${manifest.pointId}.`);
  }
}

/** @throws `not_found`, `key_unavailable`, `corrupt_data`. */
export async function loadPoint(
  store: ObjectStore,
  keys: VaultKeys,
  pointId: string,
): Promise<PointManifest> {
  const name = objectName(pointId);
  const manifest = decode(await getSealed(store, keys, 'point', name), name);
  if (manifest.pointId !== pointId) throw corrupt(`${name} is another point's manifest`);
  return manifest;
}

export async function deletePoint(store: ObjectStore, pointId: string): Promise<void> {
  await store.delete(objectName(pointId));
}

/** The ids of all points whose manifests are stored, ascending. */
export async function* listPointIds(store: ObjectStore): AsyncGenerator<string> {
  for (let after: string | null = ''; after !== null; ) {
    const page = await store.list(prefix, after ? { after } : {});
    for (const { name } of page.objects) yield name.slice(prefix.length);
    after = page.next;
  }
}
