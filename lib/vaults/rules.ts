import { CrossvaultError } from '@/lib/errors';
import type { Region } from '@/lib/regions';
import { vaultKinds } from './kinds';
import type { Vault } from './schemas';

export interface VaultFacts {
  id: string;
  name: string;
  kind: Vault['kind'];
  status: Vault['status'];
  /** For `error`: what is wrong and the way out. */
  statusReason?: string | null;
  isLocked: boolean;
  /** At either end. */
  isReplicating: boolean;
  unexpiredPoints: number;
}

/** Several zones where the region has them, one otherwise. */
export function redundancyIn(region: Region): Vault['redundancy'] {
  return region.zoneRedundancy ? 'ZRS' : 'LRS';
}

/** Throws unless the vault may be locked now. A lock is for ever, so a target must have received all it will. */
export function checkLock(vault: VaultFacts, confirm: string): void {
  requireTypedName(vault, confirm, 'lock');
  if (vault.isLocked) throw conflict('This vault is locked already.', 'already_locked');
  if (vault.status !== 'created') throw notReady(vault);
  if (!vaultKinds[vault.kind].canBeLocked) {
    throw new CrossvaultError(
      'not_eligible',
      'A trial vault cannot be locked: it ends with its trial. Keep it as a standard vault first.',
      { reason: 'trial_not_lockable' },
    );
  }
  if (vault.kind === 'replication_target' && vault.isReplicating) {
    throw conflict(
      'A replication target can be locked after its replication has been stopped.',
      'replication_active',
    );
  }
}

/** Throws unless the vault, with every point in it, may be deleted now. */
export function checkDelete(vault: VaultFacts, confirm: string): void {
  requireTypedName(vault, confirm, 'delete');
  if (vault.status === 'initializing' || vault.status === 'deleting') throw notReady(vault);
  if (vault.isReplicating) {
    throw conflict(
      'This vault takes part in a replication. Stop the replication first.',
      'replication_active',
    );
  }
  if (vault.isLocked && vault.unexpiredPoints > 0) {
    const points =
      vault.unexpiredPoints === 1 ? '1 backup point has' : `${vault.unexpiredPoints} backup points have`;
    throw new CrossvaultError(
      'locked',
      `The vault is locked and ${points} not expired. It can be deleted when all have.`,
    );
  }
}

/**
 * What becomes of a trial when someone says to keep it, or not to: the choice for its end, or at once a standard vault.
 * Throws for what is no trial, and when its end has made the choice void.
 */
export function checkKeep(
  vault: Pick<VaultFacts, 'kind' | 'status'> & { trialEndsAt: Date | null; trialReleasesAt: Date | null },
  isKept: boolean,
  now: Date,
): 'choice' | 'standard' {
  if (vault.status === 'deleting') throw notReady(vault);
  if (!vault.trialEndsAt || !vault.trialReleasesAt) {
    throw conflict('This vault is no trial. There is nothing to keep it from.', 'not_a_trial');
  }
  if (now < vault.trialEndsAt) return 'choice';
  if (now >= vault.trialReleasesAt)
    throw conflict('The time of this trial is over: it is released.', 'trial_over');
  if (isKept) return 'standard';
  throw conflict('The trial has ended already and will be released.', 'trial_ended');
}

/** Throws when the vault is on its way out. */
export function checkUpdate(vault: Pick<VaultFacts, 'status'>): void {
  if (vault.status === 'deleting') throw notReady(vault);
}

function requireTypedName({ name }: VaultFacts, confirm: string, deed: string): void {
  if (confirm === name) return;
  throw new CrossvaultError(
    'invalid_input',
    `Type the name of the vault to ${deed} it. Nothing was changed.`,
    {
      fields: { confirm: `Type ${name}.` },
    },
  );
}

const conflict = (message: string, reason: string) =>
  new CrossvaultError('state_conflict', message, { reason });

function notReady({
  status,
  statusReason,
}: Pick<VaultFacts, 'status'> & { statusReason?: string | null }): CrossvaultError {
  const sentences: Record<VaultFacts['status'], string> = {
    initializing: 'The vault is being set up. Try again in a moment.',
    created: 'The vault is in use.',
    error: `The vault is in error. ${statusReason ?? 'Its storage or its key cannot be used.'}`,
    deleting: 'The vault is being deleted.',
  };
  return conflict(sentences[status], `vault_${status}`);
}
