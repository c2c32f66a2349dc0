import { CrossvaultError } from '@/lib/errors';

interface BoundVault {
  kind: string;
  status: 'initializing' | 'created' | 'error' | 'deleting';
  statusReason?: string | null;
}

/** Why a policy cannot be bound to a vault, or null. A vault in error can: its runs wait until it is mended. */
export function bindingRefusal(vault: BoundVault): CrossvaultError | null {
  if (vault.kind === 'replication_target') {
    return refuse(
      'replication_target_takes_no_backups',
      'A replication target vault only takes what is replicated into it. Choose another vault.',
    );
  }
  if (vault.kind === 'archive') {
    return refuse(
      'archive_takes_no_backups',
      'An archive vault only takes points that are moved into it. Choose another vault and let the policy archive.',
    );
  }
  if (vault.status === 'deleting') return refuse('vault_not_ready', 'The vault is being deleted.');
  return null;
}

function refuse(reason: string, message: string): CrossvaultError {
  return new CrossvaultError('not_eligible', message, { reason, fields: { vaultId: message } });
}
