import { refusalMessage } from '@/app/(console)/_components/refusal-message';
import { evaluateSource } from '@/lib/replication/evaluate-target';
import { sharingRefusal } from '@/lib/resource-shares/rules';
import { checkDelete, checkLock, checkUpdate, type VaultFacts } from '@/lib/vaults/rules';
import type { Vault } from '@/lib/vaults/schemas';

export const isReplicating = (vault: Vault) => vault.replication?.state === 'active';

/** Why each thing cannot be done with the vault now, or null; the same rules as the server's, which decides again. */
export function readRefusals(vault: Vault) {
  const facts: VaultFacts = {
    id: vault.id,
    name: vault.name,
    kind: vault.kind,
    status: vault.status,
    statusReason: vault.statusReason,
    isLocked: vault.lockedAt !== null,
    isReplicating: isReplicating(vault),
    unexpiredPoints: vault.pointCount,
  };
  const source = evaluateSource({
    id: vault.id,
    accountId: '',
    kind: vault.kind,
    status: vault.status,
    statusReason: vault.statusReason,
    region: vault.region,
    encryption: vault.encryption,
    isReplicating: facts.isReplicating,
    // The server knows; the panel says so.
    isOwnerActive: true,
  });
  return {
    replicate: source?.explanation ?? null,
    share: sharingRefusal(vault)?.message ?? null,
    edit: refusalMessage(() => checkUpdate(facts)),
    keep: vault.status === 'deleting' ? 'The vault is being deleted.' : null,
    lock: refusalMessage(() => checkLock(facts, vault.name)),
    delete: refusalMessage(() => checkDelete(facts, vault.name)),
  };
}
