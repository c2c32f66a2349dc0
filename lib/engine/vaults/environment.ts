import type { Database } from '@/db/client';
import type { SigningKey } from '@/lib/audit/signing-key';
import type { WrappingKey } from '@/lib/engine/core/service-key';
import type { WorkPool } from '@/lib/engine/core/work/pool';
import type { RegionStorage } from './region-storage';

/** What an engine process opens vaults with; made once, passed along. */
export interface VaultEnvironment {
  db: Database;
  storage: RegionStorage;
  /** Wraps the keys of vaults with service encryption, and the material of KMS keys. */
  serviceKey: WrappingKey;
  work: WorkPool;
  /** Signs the heads of audit chains. */
  auditKey: SigningKey;
}

/** Which vault, and on whose behalf: the account id comes from a checked credential or a lease, never from input. */
export interface VaultAddress {
  accountId: string;
  vaultId: string;
  /**
   * Opens the *source* vault of an active replication while working as the target's account. The database shows it
   * only while that replication is active, and for reading only.
   */
  replicationId?: string;
  /** The same for the backup of a share that this account accepted, while it is being copied. */
  shareId?: string;
}
