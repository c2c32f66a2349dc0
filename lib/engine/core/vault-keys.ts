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

  get versions(): number[] {
    return [...this.byVersion.keys()].sort((a, b) => a - b);
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

/** `keys/<version>`, or `keys/<version>-<digits>` for the same version wrapped once more, under another key. */
const namePattern = /^keys\/(\d{8})(?:-[0-9a-f]{16})?$/;

/** @throws `key_unavailable` when no wrapping key opens a version, `not_found` when the vault has no keys. */
export async function loadVaultKeys(
  store: ObjectStore,
  vaultId: string,
  wrapping: readonly WrappingKey[],
): Promise<VaultKeys> {
  const byVersion = new Map<number, Uint8Array>();
  const refused = new Map<number, unknown>();
  for await (const { name, version } of listWraps(store)) {
    if (byVersion.has(version)) continue;
    const open = (bytes: Uint8Array) => openVaultKey(bytes, vaultId, name, wrapping);
    try {
      byVersion.set(
        version,
        await readMended(store, name, async () => open(await store.get(name)), opens(open)),
      );
    } catch (error) {
      if (!(error instanceof CrossvaultError && error.code === 'key_unavailable')) throw error;
      refused.set(version, refused.get(version) ?? error);
    }
  }
  for (const [version, error] of refused) if (!byVersion.has(version)) throw error;
  if (byVersion.size === 0) throw new CrossvaultError('not_found', 'The vault has no keys.');
  return new VaultKeys(vaultId, byVersion);
}

async function* listWraps(store: ObjectStore): AsyncGenerator<{ name: string; version: number }> {
  for (let after: string | null = ''; after !== null; ) {
    const page = await store.list(prefix, after ? { after } : {});
    for (const { name } of page.objects) {
      const match = namePattern.exec(name);
      if (!match) throw corrupt(`${name} is not a key version`);
      yield { name, version: Number(match[1]) };
    }
    after = page.next;
  }
}

/**
 * Wraps every version of a vault's key once more, under `to`, and checks that `to` alone opens them. What was wrapped before
 * stays. Repeatable. @throws `key_unavailable` when neither `to` nor its earlier keys open a version.
 */
export async function rewrapVaultKeys(store: ObjectStore, vaultId: string, to: WrappingKey): Promise<void> {
  const { earlier = [], label, key } = to;
  const keys = await loadVaultKeys(store, vaultId, [to, ...earlier]);
  for (const version of keys.versions) {
    const name = `${objectName(version)}-${label.replace(/^.*:/, '')}`;
    const context = { kind: 'vaultKey', vaultId, objectName: name } as const;
    await store.putIfAbsent(name, sealObject(context, key, version, label, keys.get(version)));
  }
  await loadVaultKeys(store, vaultId, [{ label, key }]);
}

/** Removes what other keys than `to` wrap, once `to` alone opens every version. Repeatable. */
export async function dropOtherWraps(
  store: ObjectStore,
  vaultId: string,
  { label, key }: WrappingKey,
): Promise<void> {
  await loadVaultKeys(store, vaultId, [{ label, key }]);
  for await (const { name } of listWraps(store)) {
    const wrap = describeSealedObject('vaultKey', name, await store.get(name));
    if (wrap.label !== label) await store.delete(name);
  }
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
