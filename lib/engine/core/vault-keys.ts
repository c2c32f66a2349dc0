import { randomBytes } from 'node:crypto';
import { CrossvaultError } from '@/lib/errors';
import { corrupt } from './bytes';
import { keyBytes } from './seal';
import { describeSealedObject, openObject, sealObject } from './sealed-object';
import type { WrappingKey } from './service-key';
import type { ObjectStore } from './store/object-store';
import { opens, readMended } from './store/read-mended';

const prefix = 'keys/';

function objectName(version: number): string {
  return `${prefix}${String(version).padStart(8, '0')}`;
}

/** A vault's keys, opened. Versions are never removed: what was sealed under one stays readable. */
export class VaultKeys {
  constructor(
    readonly vaultId: string,
    private readonly byVersion: ReadonlyMap<number, Uint8Array>,
  ) {}

  /** The newest version: everything new is sealed under it. */
  get current(): { version: number; key: Uint8Array } {
    const version = Math.max(...this.byVersion.keys());
    return { version, key: this.get(version) };
  }

  /** @throws `key_unavailable`. */
  get(version: number): Uint8Array {
    const key = this.byVersion.get(version);
    if (!key) throw new CrossvaultError('key_unavailable', `The vault key version ${version} is not here.`);
    return key;
  }
}

/**
 * Adds a key version. Durable when it resolves, so that nothing is ever sealed under a key that can be lost. When another
 * process added this version first, its key stands; load the keys anew in either case.
 */
export async function addVaultKey(
  store: ObjectStore,
  vaultId: string,
  version: number,
  wrapping: WrappingKey,
): Promise<void> {
  const name = objectName(version);
  const context = { kind: 'vaultKey', vaultId, objectName: name } as const;
  await store.putIfAbsent(
    name,
    sealObject(context, wrapping.key, version, wrapping.label, randomBytes(keyBytes)),
  );
}

/** @throws `key_unavailable` when no wrapping key opens a version, `not_found` when the vault has no keys. */
export async function loadVaultKeys(
  store: ObjectStore,
  vaultId: string,
  wrapping: readonly WrappingKey[],
): Promise<VaultKeys> {
  const byVersion = new Map<number, Uint8Array>();
  for (let after: string | null = ''; after !== null; ) {
    const page = await store.list(prefix, after ? { after } : {});
    for (const object of page.objects) {
      const version = Number(object.name.slice(prefix.length));
      if (objectName(version) !== object.name) throw corrupt(`${object.name} is not a key version`);
      const open = (bytes: Uint8Array) => openVaultKey(bytes, vaultId, object.name, wrapping);
      const read = async () => open(await store.get(object.name));
      byVersion.set(version, await readMended(store, object.name, read, opens(open)));
    }
    after = page.next;
  }
  if (byVersion.size === 0) throw new CrossvaultError('not_found', 'The vault has no keys.');
  return new VaultKeys(vaultId, byVersion);
}

function openVaultKey(
  bytes: Uint8Array,
  vaultId: string,
  name: string,
  wrapping: readonly WrappingKey[],
): Uint8Array {
  for (const { key } of wrapping) {
    try {
      const opened = openObject({ kind: 'vaultKey', vaultId, objectName: name }, key, bytes);
      if (opened.length !== keyBytes) throw corrupt(`${name} does not hold a key`);
      return opened;
    } catch (error) {
      if (!(error instanceof CrossvaultError && error.code === 'key_unavailable')) throw error;
    }
  }
  const { label } = describeSealedObject('vaultKey', name, bytes);
  throw new CrossvaultError('key_unavailable', describeMissing(label, wrapping), {
    reason: 'wrapping_key_missing',
  });
}

/** The written form of a key does not say of which kind it is; the digits of both labels can be compared. */
function describeMissing(label: string, given: readonly WrappingKey[]): string {
  const isAccountKey = label.startsWith('kms:');
  const kind = isAccountKey ? "an account's key" : 'the service key of an installation';
  const digits = given.map((key) => key.label.replace(/^.*:/, '')).join(', ');
  const howTo = isAccountKey ? ' The operator exports such a key with npm run export-key.' : '';
  return `The vault needs the key ${label}, ${kind}; given was the key ${digits}.${howTo}`;
}
