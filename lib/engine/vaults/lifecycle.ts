import type { VaultAddress, VaultEnvironment } from './environment';
import type { OpenVault, VaultLineage } from './open-vault';

/** `creating` → `enabled`: makes the key's material, sealed under the service key. Repeatable. */
export declare function createKeyMaterial(
  environment: VaultEnvironment,
  key: { accountId: string; keyId: string },
): Promise<void>;

/**
 * `initializing` → `created`: header, first key version and, for a standard vault, its lineage and space. Every step
 * may be repeated after a crash. When the storage or the key refuses, the vault goes to `error` with the reason.
 */
export declare function initialiseVault(environment: VaultEnvironment, address: VaultAddress): Promise<void>;

/** A target's copy of its source's lineage: the same naming key, sealed under the target's own vault key. Repeatable. */
export declare function adoptLineage(
  environment: VaultEnvironment,
  target: OpenVault,
  lineage: Pick<VaultLineage, 'lineageId' | 'namingKey'>,
): Promise<OpenVault>;

/**
 * `created` ↔ `error`: looks whether the vault's storage and key answer, and writes down what is wrong or that it is
 * well again. @returns the reason, or null when all is well.
 */
export declare function checkVault(
  environment: VaultEnvironment,
  address: VaultAddress,
): Promise<string | null>;

/** `deleting` → gone: all objects first, then the rows. Repeatable; resumes where a crash left it. */
export declare function deleteVault(environment: VaultEnvironment, address: VaultAddress): Promise<void>;
