import type { AccountState } from '@/lib/account-states';
import { CrossvaultError } from '@/lib/errors';
import type { WaitingReason } from '@/lib/replication/schemas';
import { SideError, waitingReason } from './sides';

/** Access to the target was withdrawn. */
export class AccessRevoked extends Error {
  constructor() {
    super('The destination account has withdrawn access to the target vault.');
    this.name = 'AccessRevoked';
  }
}

/** The target's account takes nothing more until it is active again. */
export class AccountInactive extends Error {
  constructor(readonly state: Exclude<AccountState, 'active'>) {
    super(`The destination account is ${state}.`);
    this.name = 'AccountInactive';
  }
}

const sentences: Record<WaitingReason, string> = {
  access_revoked: 'The destination account has withdrawn access to the target vault.',
  target_account_overdue: 'The destination account is overdue. Copying goes on once it is active again.',
  target_account_suspended: 'The destination account is suspended. Copying goes on once it is active again.',
  target_account_closed: 'The destination account is closed. What it holds stays until its retention ends.',
  source_key_unavailable: 'The key of the source vault cannot be used.',
  target_key_unavailable: 'The key of the target vault cannot be used.',
  source_storage_unavailable: 'The storage of the source vault cannot be used.',
  target_storage_unavailable: 'The storage of the target vault cannot be used.',
  source_vault_error: 'The source vault cannot be read.',
  target_vault_error: 'The target vault takes no points.',
  corrupt_data: 'Stored data is damaged or missing.',
};
const unexpected = 'A step failed inside Crossvault; the log of the engine holds the cause.';

/** Why a replication waits; null for what is simply tried again. */
export function reasonOf(error: unknown): WaitingReason | null {
  if (error instanceof AccessRevoked) return 'access_revoked';
  if (error instanceof AccountInactive) return `target_account_${error.state}`;
  return waitingReason(error);
}

/**
 * What both accounts of a replication are told of a failure. The error's own text stays in the log: it may name a key or a
 * folder of one of them, or hold a query with its parameters.
 */
export function tellBothSides(error: unknown): string {
  const reason = reasonOf(error);
  return reason ? sentences[reason] : unexpected;
}

/** What an account is told of its own step. */
export function tellOwner(error: unknown): string {
  const isOfLink =
    error instanceof SideError || error instanceof AccessRevoked || error instanceof AccountInactive;
  if (isOfLink) return tellBothSides(error);
  return error instanceof CrossvaultError ? error.message : unexpected;
}
