import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { type BackedUpDisk, type BackupResourceRow, backupPoints, kmsKeys } from '@/db/schema';
import { ensureRegionClient } from '@/lib/clients';
import type { Context } from '@/lib/context';
import { CrossvaultError, notFound } from '@/lib/errors';
import { getVaultWithKey, queueJob, restoreRefusal } from '@/lib/jobs';
import type { RestoreTarget } from '@/lib/jobs/schemas';
import { requireKeysAllowed } from './internal';

type Point = typeof backupPoints.$inferSelect;
export interface FoundBackup {
  point: Point & { resource: BackupResourceRow };
  vaultId: string;
  region: string;
}

/** A backup of a disk or a server of this account, own or accepted, that can be used now. */
export async function findBackup(
  tx: Tx,
  accountId: string,
  pointId: string,
  { region, now }: { region: string; now: Date },
): Promise<FoundBackup> {
  const [point] = await tx
    .select()
    .from(backupPoints)
    .where(and(eq(backupPoints.accountId, accountId), eq(backupPoints.id, pointId)))
    .for('share');
  if (!point?.resource) throw notFound('backup');
  const { vault, keyState } = await getVaultWithKey(tx, accountId, point.vaultId);
  const refusal = restoreRefusal(point, vault, keyState, now);
  if (refusal) throw refusal;
  if (vault.region !== region) {
    throw new CrossvaultError('not_eligible', `This backup lies in ${vault.region}. Use it in that region.`, {
      reason: 'other_region',
    });
  }
  return { point: { ...point, resource: point.resource }, vaultId: vault.id, region };
}

export async function findBackedUpDisk(
  tx: Tx,
  accountId: string,
  pointId: string,
  position: number,
  place: { region: string; now: Date },
): Promise<FoundBackup & { disk: BackedUpDisk }> {
  const found = await findBackup(tx, accountId, pointId, place);
  const { disks } = found.point.resource;
  const disk = disks.find((one) => one.position === position) ?? (disks.length === 1 ? disks[0] : undefined);
  if (!disk) throw notFound('disk in this backup');
  return { ...found, disk };
}

/**
 * What a disk made of a backed-up one keeps of its encryption: its bytes are what they were, and so is the secret that opens
 * them. A backup that is encrypted makes encrypted disks only, under the key that seals its secret.
 */
export async function sealedFor(
  tx: Tx,
  accountId: string,
  region: string,
  disk: BackedUpDisk,
  wantedKey: string | null = null,
) {
  if (!disk.encryption) {
    if (wantedKey === null) return { isEncrypted: false, kmsKeyId: null, sealedSecret: null };
    throw new CrossvaultError(
      'not_eligible',
      'The backup is not encrypted, and that cannot be changed. Leave the key out.',
      { reason: 'encryption_is_fixed', fields: { kmsKey: 'Leave the key out.' } },
    );
  }
  await requireKeysAllowed(tx, accountId, region);
  const { kmsKeyId, sealedSecret } = disk.encryption;
  const [key] = await tx
    .select({ state: kmsKeys.state })
    .from(kmsKeys)
    .where(and(eq(kmsKeys.accountId, accountId), eq(kmsKeys.id, kmsKeyId)));
  if (key?.state !== 'enabled') {
    throw new CrossvaultError('key_unavailable', 'The key of this encrypted backup cannot be used now.', {
      reason: `key_${key?.state ?? 'missing'}`,
    });
  }
  return { isEncrypted: true, kmsKeyId, sealedSecret: Buffer.from(sealedSecret, 'base64') };
}

/** Has the mover of the region write disks of a backup to files that wait for it. */
export async function queueDiskRestore(
  tx: Tx,
  ctx: Context,
  { point, vaultId, region }: FoundBackup,
  destination: Extract<RestoreTarget, { kind: 'disks' }>,
  now: Date,
): Promise<string> {
  const client = await ensureRegionClient(tx, ctx.accountId, region);
  const paths = destination.disks.map(({ path }) => path);
  const spec = {
    selection: { mode: 'include' as const, paths },
    destination,
    conflictPolicy: 'overwrite' as const,
    isDryRun: false,
  };
  const plan = { kind: 'restore', clientId: client.id, vaultId, pointId: point.id, spec } as const;
  return (await queueJob(tx, ctx, plan, now)).id;
}
