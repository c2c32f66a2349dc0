import { CrossvaultError } from '@/lib/errors';
import { corrupt } from './bytes';
import { formatVersion } from './format-version';
import type { ObjectStore } from './store/object-store';
import type { VaultKeys } from './vault-keys';
import { getSealed, putSealed, requireObjectId } from './vault-objects';

/** Something about a point that changed after it was made. The newest fact of a kind holds. */
export type PointFact =
  | { kind: 'retention'; at: Date; expiresAt: Date | null }
  | { kind: 'lock'; at: Date; lockedUntil: Date | null }
  | { kind: 'archived'; at: Date };

const prefixOf = (pointId: string) => `facts/${requireObjectId(pointId)}/`;
const objectName = (pointId: string, number: number) => prefixOf(pointId) + String(number).padStart(8, '0');

/** Facts of a whole vault go by this name in place of a point's id, which none has. */
const vaultName = 'vault';

/** Writes into the vault itself that it is locked for ever. Repeatable. */
export async function recordVaultLock(store: ObjectStore, keys: VaultKeys, lockedAt: Date): Promise<void> {
  const plain = Buffer.from(JSON.stringify({ version: formatVersion, kind: 'vault_lock', at: lockedAt }));
  await putSealed(store, keys, 'fact', objectName(vaultName, 1), plain);
}

/** Since when the vault is locked, by what it says of itself; null when it says nothing. */
export async function loadVaultLock(store: ObjectStore, keys: VaultKeys): Promise<Date | null> {
  const name = objectName(vaultName, 1);
  if (!(await store.stat(name))) return null;
  const json = JSON.parse((await getSealed(store, keys, 'fact', name)).toString('utf8')) as Record<
    string,
    unknown
  >;
  if (json.version !== formatVersion || json.kind !== 'vault_lock')
    throw corrupt(`${name} is a fact of an unknown kind`);
  return new Date(String(json.at));
}

/**
 * Appends a fact as number `number`, counted from 1 by the caller. Repeatable.
 * @throws `state_conflict` when another fact has this number.
 */
export async function appendFact(
  store: ObjectStore,
  keys: VaultKeys,
  pointId: string,
  number: number,
  fact: PointFact,
): Promise<void> {
  const name = objectName(pointId, number);
  const plain = Buffer.from(JSON.stringify({ version: formatVersion, ...fact }));
  if ((await putSealed(store, keys, 'fact', name, plain)) === 'created') return;
  if (!(await getSealed(store, keys, 'fact', name)).equals(plain)) {
    throw new CrossvaultError('state_conflict', `Another fact is stored as ${name}.`);
  }
}

/** A point's facts in the order of their numbers. */
export async function loadFacts(store: ObjectStore, keys: VaultKeys, pointId: string): Promise<PointFact[]> {
  const facts: PointFact[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const page = await store.list(prefixOf(pointId), after ? { after } : {});
    for (const { name } of page.objects) facts.push(decode(await getSealed(store, keys, 'fact', name), name));
    after = page.next;
  }
  return facts;
}

function decode(bytes: Buffer, what: string): PointFact {
  const date = (value: unknown) => (value === null ? null : new Date(String(value)));
  const json = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
  const at = new Date(String(json.at));
  if (json.version === formatVersion && json.kind === 'retention')
    return { kind: 'retention', at, expiresAt: date(json.expiresAt) };
  if (json.version === formatVersion && json.kind === 'lock')
    return { kind: 'lock', at, lockedUntil: date(json.lockedUntil) };
  if (json.version === formatVersion && json.kind === 'archived') return { kind: 'archived', at };
  throw corrupt(`${what} is a fact of an unknown kind`);
}
