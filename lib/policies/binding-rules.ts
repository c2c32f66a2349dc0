import { CrossvaultError } from '@/lib/errors';
import type { SourceKind } from '@/lib/schemas';
import { isStreamSource, ownBackupsRefusal, sourceKinds, startsOwnBackups } from '@/lib/sources/schemas';
import { intakeRefusal, type VaultKind } from '@/lib/vaults/schemas';

interface BoundVault {
  kind: VaultKind;
  status: 'initializing' | 'created' | 'error' | 'deleting';
}

/** Why no policy backs up this kind of source, or null. */
export function sourceRefusal(kind: SourceKind): CrossvaultError | null {
  if (startsOwnBackups(kind)) {
    const { reason, message } = ownBackupsRefusal;
    return new CrossvaultError('not_eligible', message, { reason, fields: { sourceId: message } });
  }
  if (!isStreamSource(kind)) return null;
  const why = `${sourceKinds[kind].word} are written by a command of their own host: schedule that command there.`;
  return new CrossvaultError('not_eligible', why, {
    reason: 'source_sends_streams',
    fields: { sourceId: why },
  });
}

/** Why a policy cannot write this kind of source into a vault, or null. A vault in error can be bound: its runs wait. */
export function bindingRefusal(sourceKind: SourceKind, vault: BoundVault): CrossvaultError | null {
  const refusal = sourceRefusal(sourceKind);
  if (refusal) return refusal;
  const intake = intakeRefusal(vault.kind, sourceKind);
  if (intake) {
    return new CrossvaultError('not_eligible', intake.message, {
      reason: intake.reason,
      fields: { vaultId: intake.message },
    });
  }
  if (vault.status !== 'deleting') return null;
  const why = 'The vault is being deleted. Choose another one.';
  return new CrossvaultError('not_eligible', why, { reason: 'vault_not_ready', fields: { vaultId: why } });
}
