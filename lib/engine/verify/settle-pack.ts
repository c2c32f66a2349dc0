import { sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { nameFromUuid, nameToHex } from '@/lib/engine/core/names';
import type { OpenVault, VaultEnvironment } from '@/lib/engine/vaults';
import { CrossvaultError } from '@/lib/errors';
import type { PackToCheck, PackVerdict } from './check-pack';
import { HitFinder } from './find-hits';
import { healFromPartner } from './heal-from-partner';

const maxPoints = 50;
const maxFiles = 200;

export type PackOutcome = 'well' | 'healed' | 'damaged';

/** Heals what can be healed, from a zone, the replica or the source, and writes down what was found and what became of it. */
export async function settlePack(
  environment: VaultEnvironment,
  vault: OpenVault,
  pack: PackToCheck,
  verdict: PackVerdict,
): Promise<PackOutcome> {
  const inVault = <T>(work: (tx: Tx) => Promise<T>) =>
    inAccount(environment.db, vault.address.accountId, work);
  if (verdict.damages.length === 0) {
    await inVault((tx) => recordWell(tx, vault, pack, verdict.objectName));
    return 'well';
  }
  if (verdict.isReadable) {
    await inVault(async (tx) => {
      for (const { zone, kind } of verdict.damages)
        await recordDamage(tx, vault, verdict.objectName, kind, zone);
    });
    await vault.store.mend?.(verdict.objectName);
    await inVault((tx) => recordWell(tx, vault, pack, null));
    return 'healed';
  }
  const kind = verdict.damages[0]!.kind;
  const healed = await healFromPartner(environment, vault, pack).catch((error: unknown) => {
    // A partner that cannot be opened now heals nothing; the damage stays known and is tried with the next verification.
    if (error instanceof CrossvaultError && error.code !== 'internal') return null;
    throw error;
  });
  if (healed?.lost === 0) {
    await inVault(async (tx) => {
      await recordDamage(tx, vault, verdict.objectName, kind, null);
      await end(tx, vault, verdict.objectName, 'healed', healed.side);
      await tx.execute(
        sql`update packs set checked_at = now(), is_damaged = false where pack_no = ${pack.packNo}`,
      );
    });
    return 'healed';
  }
  const hits = await findHits(environment, vault, pack);
  await inVault(async (tx) => {
    await recordDamage(tx, vault, verdict.objectName, kind, null);
    await tx.execute(sql`
      update vault_damages set points = ${JSON.stringify(hits.points)}::jsonb, files = ${JSON.stringify(hits.files)}::jsonb,
        file_count = ${hits.fileCount}
      where vault_id = ${vault.vaultId} and object_name = ${verdict.objectName} and zone is null and state = 'open'`);
    await tx.execute(
      sql`update packs set checked_at = now(), is_damaged = true where pack_no = ${pack.packNo}`,
    );
  });
  return 'damaged';
}

async function recordWell(
  tx: Tx,
  vault: OpenVault,
  pack: PackToCheck,
  objectName: string | null,
): Promise<void> {
  await tx.execute(
    sql`update packs set checked_at = now(), is_damaged = false where pack_no = ${pack.packNo}`,
  );
  // Found damaged before, and whole now: whoever brought it back.
  if (objectName) await end(tx, vault, objectName, 'healed', null);
}

async function recordDamage(
  tx: Tx,
  { address, vaultId }: OpenVault,
  objectName: string,
  kind: string,
  zone: string | null,
): Promise<void> {
  await tx.execute(sql`
    insert into vault_damages (account_id, vault_id, object_name, zone, kind, found_by)
    values (${address.accountId}, ${vaultId}, ${objectName}, ${zone}, ${kind}, 'verify')
    on conflict (vault_id, object_name, coalesce(zone, '')) where state = 'open'
      do update set kind = excluded.kind, found_by = 'verify'`);
}

async function end(
  tx: Tx,
  { vaultId }: OpenVault,
  objectName: string,
  state: 'healed' | 'gone',
  from: 'replica' | 'source' | null,
): Promise<void> {
  await tx.execute(sql`
    update vault_damages set state = ${state}, healed_from = coalesce(healed_from, ${from}), ended_at = now()
    where vault_id = ${vaultId} and object_name = ${objectName} and state = 'open'`);
}

/** The visible points that need a chunk of the pack, and their files. */
async function findHits(environment: VaultEnvironment, vault: OpenVault, { packNo, space }: PackToCheck) {
  const { accountId } = vault.address;
  const [lost, points] = await inAccount(environment.db, accountId, async (tx) => [
    await tx.execute<{ name: string }>(sql`select name from chunks where pack_no = ${packNo}`),
    await tx.execute<{ id: string; source_name: string; created_at: string; root_page: string }>(sql`
      select id, source_name, created_at::text, root_page from backup_points
      where vault_id = ${vault.vaultId} and space_no = ${space.spaceNo} and status = 'visible' order by created_at desc`),
  ]);
  const names = new Set(lost.map((row) => nameToHex(nameFromUuid(row.name))));
  const reader = vault.reader(space);
  const index = vault.index(space);
  const load = async (name: Uint8Array) => {
    const [location] = await index.locate([name]);
    if (!location) throw new CrossvaultError('corrupt_data', 'A tree page is not in the index.');
    return reader.read(name, location);
  };
  const found = { points: [] as object[], files: [] as object[], fileCount: 0 };
  const finder = new HitFinder(names, load, maxFiles);
  for (const { id, source_name: name, created_at: at, root_page: root } of points) {
    const before = finder.files.length;
    if (!(await finder.walk(nameFromUuid(root)))) continue;
    if (found.points.length < maxPoints) found.points.push({ id, name, at: new Date(at).toISOString() });
    found.files.push(...finder.files.slice(before).map((path) => ({ pointId: id, path })));
  }
  found.fileCount = finder.fileCount;
  return found;
}
