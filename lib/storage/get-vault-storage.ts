import { and, desc, eq, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import {
  packs,
  vaultDamages,
  vaultKeys,
  vaults,
  vaultZones,
  verifications,
  zoneDebts,
  zoneHealth,
} from '@/db/schema';
import { notFound } from '@/lib/errors';
import { readVerb } from '@/lib/verb';
import { coverageDays, coveragePercent } from './rules';
import {
  type Damage,
  GetVaultStorage,
  type VaultStorage,
  type VaultZone,
  type Verification,
} from './schemas';

const shown = 20;

/** Where a vault is kept, how its zones are, what was verified and what was found. */
export const getVaultStorage = readVerb({
  action: 'storage.get_vault',
  permission: 'vaults.read',
  input: GetVaultStorage,
  async run({ tx, input, ctx }): Promise<VaultStorage> {
    const [vault] = await tx
      .select()
      .from(vaults)
      .where(and(eq(vaults.id, input.vaultId), eq(vaults.accountId, ctx.accountId)));
    if (!vault) throw notFound('vault');
    const runs = await tx
      .select()
      .from(verifications)
      .where(eq(verifications.vaultId, vault.id))
      .orderBy(desc(verifications.createdAt))
      .limit(shown);
    const damages = await tx
      .select()
      .from(vaultDamages)
      .where(eq(vaultDamages.vaultId, vault.id))
      .orderBy(sql`${vaultDamages.state} = 'open' desc`, desc(vaultDamages.foundAt))
      .limit(shown);
    const [key] = await tx
      .select({ version: vaultKeys.version, createdAt: vaultKeys.createdAt })
      .from(vaultKeys)
      .where(eq(vaultKeys.vaultId, vault.id))
      .orderBy(desc(vaultKeys.version))
      .limit(1);
    return {
      zones: await readZones(tx, vault),
      coverage: await readCoverage(tx, vault.id),
      nextVerificationAt: vault.nextVerifyAt.toISOString(),
      verifications: runs.map(toVerification),
      damages: damages.map(toDamage),
      key: {
        version: key?.version ?? 0,
        madeAt: key?.createdAt.toISOString() ?? null,
        isRotating: vault.keyRotationAt !== null,
      },
    };
  },
});

async function readCoverage(tx: Tx, vaultId: string): Promise<VaultStorage['coverage']> {
  const [row] = await tx
    .select({
      total: sql<string>`coalesce(sum(${packs.sizeBytes}), 0)`,
      checked: sql<string>`coalesce(sum(${packs.sizeBytes})
        filter (where ${packs.checkedAt} > now() - make_interval(days => ${coverageDays}) and not ${packs.isDamaged}), 0)`,
    })
    .from(packs)
    .where(eq(packs.vaultId, vaultId));
  const [checkedBytes, totalBytes] = [Number(row!.checked), Number(row!.total)];
  return { days: coverageDays, checkedBytes, totalBytes, percent: coveragePercent(checkedBytes, totalBytes) };
}

async function readZones(tx: Tx, vault: typeof vaults.$inferSelect): Promise<VaultZone[]> {
  const rows = await tx
    .select({ zone: vaultZones, isReachable: zoneHealth.isReachable })
    .from(vaultZones)
    .leftJoin(zoneHealth, and(eq(zoneHealth.region, vault.region), eq(zoneHealth.zone, vaultZones.zone)))
    .where(eq(vaultZones.vaultId, vault.id))
    .orderBy(vaultZones.zone);
  const owed = await tx
    .select({ zone: zoneDebts.zone, kind: zoneDebts.kind, objects: sql<number>`count(*)::int` })
    .from(zoneDebts)
    .where(eq(zoneDebts.vaultId, vault.id))
    .groupBy(zoneDebts.zone, zoneDebts.kind);
  const owedTo = (zone: string, kind: 'put' | 'delete') =>
    owed.find((row) => row.zone === zone && row.kind === kind)?.objects ?? 0;
  return rows.map(({ zone: row, isReachable }) => ({
    zone: row.zone,
    state: row.state,
    isReachable,
    storedObjects: row.storedObjects,
    storedBytes: row.storedBytes,
    comparedAt: row.comparedAt?.toISOString() ?? null,
    owedObjects: owedTo(row.zone, 'put'),
    owedDeletions: owedTo(row.zone, 'delete'),
    lastError: row.lastError,
    lastErrorAt: row.lastErrorAt?.toISOString() ?? null,
    progress:
      row.compareAfter === null && row.state === 'whole'
        ? null
        : {
            seenBytes: row.compareAfter === null ? 0 : row.seenBytes,
            totalBytes: vault.storedBytes,
            broughtBytes: row.compareAfter === null ? 0 : row.broughtBytes,
            broughtObjects: row.compareAfter === null ? 0 : row.broughtObjects,
          },
  }));
}

export function toVerification(row: typeof verifications.$inferSelect): Verification {
  const { accountId: _, vaultId: __, afterPack: ___, nextPieceAt: ____, ...shownFields } = row;
  return {
    ...shownFields,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

function toDamage(row: typeof vaultDamages.$inferSelect): Damage {
  const { accountId: _, vaultId: __, foundBy: ___, detail: ____, ...shownFields } = row;
  return { ...shownFields, foundAt: row.foundAt.toISOString(), endedAt: row.endedAt?.toISOString() ?? null };
}
