import { eq } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { vaults } from '@/db/schema';
import { openDiskKey, resealDiskSecret } from '@/lib/engine/disks/disk-secret';
import { onSide } from '@/lib/engine/transfer/sides';
import type { VaultEnvironment } from '@/lib/engine/vaults';
import { CrossvaultError } from '@/lib/errors';
import type { ClaimedCopy, CopiedPointRow } from './claim';

type Resource = NonNullable<CopiedPointRow['resource']>;

/**
 * What a shared backup says of its disks, with the secrets of encrypted ones sealed for the recipient under the key of its
 * vault: opened with the sharer's key, which the grant allows while it stands, and nowhere outside this process. A copy
 * within one account keeps its account's seals.
 */
export async function resealDisks(
  { db, serviceKey }: Pick<VaultEnvironment, 'db' | 'serviceKey'>,
  { row, shareId }: ClaimedCopy,
  original: CopiedPointRow,
): Promise<Resource | null> {
  const { resource } = original;
  if (!resource || !shareId || resource.disks.every(({ encryption }) => encryption === null)) return resource;
  const work = async (tx: Tx): Promise<Resource> => {
    const keyId = await keyOfVault(tx, row.targetVaultId);
    const to = await onSide('target', () => openDiskKey(tx, serviceKey, row.accountId, keyId));
    const disks: Resource['disks'] = [];
    for (const disk of resource.disks) {
      if (!disk.encryption) {
        disks.push(disk);
        continue;
      }
      const { kmsKeyId, sealedSecret } = disk.encryption;
      const from = await onSide('source', () => openDiskKey(tx, serviceKey, original.accountId, kmsKeyId));
      const resealed = resealDiskSecret(
        { key: from, accountId: original.accountId },
        { key: to, accountId: row.accountId },
        Buffer.from(sealedSecret, 'base64'),
      );
      disks.push({ ...disk, encryption: { kmsKeyId: keyId, sealedSecret: resealed.toString('base64') } });
    }
    return { ...resource, disks };
  };
  return inAccount(db, row.accountId, work, { shareId });
}

async function keyOfVault(tx: Tx, vaultId: string): Promise<string> {
  const [vault] = await tx.select({ keyId: vaults.kmsKeyId }).from(vaults).where(eq(vaults.id, vaultId));
  if (vault?.keyId) return vault.keyId;
  throw new CrossvaultError(
    'key_unavailable',
    'An encrypted backup goes into a vault under a KMS key, and this vault has none.',
    { reason: 'key_missing' },
  );
}
