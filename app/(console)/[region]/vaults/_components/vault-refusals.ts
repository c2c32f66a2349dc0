import { refusalMessage } from '@/app/(console)/_components/refusal-message';
import { sectionHref } from '@/components/console/navigation';
import { evaluateSource } from '@/lib/replication/evaluate-target';
import { sharingRefusal } from '@/lib/resource-shares/rules';
import { madeFromBackup, restoreKinds } from '@/lib/restores/schemas';
import { checkDelete, checkLock, checkUpdate, type VaultFacts } from '@/lib/vaults/rules';
import { type Vault, vaultKinds } from '@/lib/vaults/schemas';

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

export function restoreFromHref(vault: Vault): string {
  return `${sectionHref(vault.region, 'restore')}?vault=${vault.id}`;
}

/** Why nothing can be restored from the vault by the wizard now, or null. */
export function restoreFromRefusal({ kind, pointCount }: Vault): string | null {
  if (vaultKinds[kind].sources.every((source) => restoreKinds[source].target === 'disks'))
    return madeFromBackup.explanation;
  return pointCount === 0 ? 'It holds no backup point yet.' : null;
}
