import { sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import type { PackRef } from '@/lib/engine/core';
import { packObjectName } from '@/lib/engine/core/tier';
import type { OpenVault, VaultEnvironment, VaultLineage } from '@/lib/engine/vaults';
import { CrossvaultError } from '@/lib/errors';
import { type JudgeContext, judgePack, type PackDamage } from './judge-pack';

export interface PackToCheck {
  packNo: number;
  sha256: string;
  sizeBytes: number;
  space: VaultLineage;
}

export interface PackVerdict {
  objectName: string;
  /** Damage by zone; empty when every copy is well. */
  damages: { zone: string; kind: PackDamage }[];
  /** Whether a good copy is left in some zone. */
  isReadable: boolean;
  readBytes: number;
}

/** Checks every zone's copy of a pack. @throws `storage_unavailable` when no zone answers for it. */
export async function checkPack(
  environment: VaultEnvironment,
  vault: OpenVault,
  zones: readonly { id: string; store: OpenVault['store'] }[],
  pack: PackToCheck,
): Promise<PackVerdict> {
  const objectName = packObjectName(pack.sha256, pack.space.tier);
  const ref: PackRef = { objectName, sizeBytes: pack.sizeBytes, type: 'data' };
  const context: JudgeContext = {
    keys: vault.keys,
    namingKey: pack.space.namingKey,
    work: environment.work,
    isOtherPack: (sha256) => isPackOf(environment, vault, sha256, pack.sha256),
  };
  const verdict: PackVerdict = { objectName, damages: [], isReadable: false, readBytes: 0 };
  let silent: CrossvaultError | null = null;
  for (const { id: zone, store } of zones) {
    try {
      const bytes = await store.get(objectName);
      verdict.readBytes += bytes.length;
      const kind = await judgePack(ref, bytes, context);
      if (kind) verdict.damages.push({ zone, kind });
      else verdict.isReadable = true;
    } catch (error) {
      if (!(error instanceof CrossvaultError)) throw error;
      if (error.code === 'not_found') verdict.damages.push({ zone, kind: 'missing' });
      else if (error.code === 'storage_unavailable') silent = error;
      else throw error;
    }
  }
  // A zone that is away may have what the others lost: it is asked again, not judged.
  if (silent && !verdict.isReadable) throw silent;
  return verdict;
}

async function isPackOf(environment: VaultEnvironment, vault: OpenVault, sha256: string, own: string) {
  if (sha256 === own) return false;
  const [row] = await inAccount(environment.db, vault.address.accountId, (tx) =>
    tx.execute(sql`
      select 1 from packs where vault_id = ${vault.vaultId} and sha256 = decode(${sha256}, 'hex') limit 1`),
  );
  return row !== undefined;
}
