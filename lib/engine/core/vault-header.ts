import { CrossvaultError } from '@/lib/errors';
import { corrupt } from './bytes';
import { formatVersion } from './format-version';
import type { ObjectStore } from './store/object-store';
import { opens, readMended } from './store/read-mended';

const objectName = 'vault.json';

/** The one object in the clear: what lies here and how to read it. */
export interface VaultHeader {
  vaultId: string;
  createdAt: Date;
}

/** Repeatable for the same vault. @throws `already_exists` when another vault lives here. */
export async function createVaultHeader(store: ObjectStore, header: VaultHeader): Promise<void> {
  const json = {
    format: 'crossvault',
    version: formatVersion,
    vaultId: header.vaultId,
    createdAt: header.createdAt.toISOString(),
  };
  const answer = await store.putIfAbsent(objectName, Buffer.from(`${JSON.stringify(json, null, 2)}\n`));
  if (answer === 'exists' && (await loadVaultHeader(store)).vaultId !== header.vaultId) {
    throw new CrossvaultError('already_exists', 'Another vault is already stored here.');
  }
}

/** @throws `not_found` when no vault is here, `corrupt_data` for another format. */
export async function loadVaultHeader(store: ObjectStore): Promise<VaultHeader> {
  return readMended(store, objectName, async () => decode(await store.get(objectName)), opens(decode));
}

function decode(bytes: Uint8Array): VaultHeader {
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw corrupt('vault.json cannot be read', cause);
  }
  if (json.format !== 'crossvault' || json.version !== formatVersion) {
    throw corrupt(`vault.json names a format this version cannot read (${json.format} ${json.version})`);
  }
  const createdAt = new Date(String(json.createdAt));
  if (typeof json.vaultId !== 'string' || Number.isNaN(createdAt.getTime())) {
    throw corrupt('vault.json is incomplete');
  }
  return { vaultId: json.vaultId, createdAt };
}
