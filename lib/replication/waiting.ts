import type { WaitingReason } from './schemas';
import type { ReplicationRow } from './to-replication';

interface WaitingRule {
  /** What is the matter, in a sentence. */
  cause: string;
  /** What each side can do about it. */
  toDo: Record<'source' | 'target', string>;
  /** Tried again by the clock; else as soon as the cause is gone, which the database tells. */
  isRetried: boolean;
}

const enableKey = 'Enable the key on the Keys page.';
const askOther = (who: string) => `Ask the ${who} account.`;
const mendStorage = 'The operator of this installation has to mend it; nothing is to be done here.';
const settleAccount = 'Settle the state of this account with the operator of the installation.';

export const waitingRules: Record<WaitingReason, WaitingRule> = {
  access_revoked: {
    cause: 'The target vault is no longer shared with the source account.',
    toDo: {
      source: `${askOther('destination')} It has to share the vault again, or you stop this replication.`,
      target: 'Share the target vault with the source account again, or stop this replication.',
    },
    isRetried: false,
  },
  source_key_unavailable: {
    cause: 'The key of the source vault is disabled or destroyed.',
    toDo: { source: enableKey, target: `${askOther('source')} It has to enable the key.` },
    isRetried: true,
  },
  target_key_unavailable: {
    cause: 'The key of the target vault is disabled or destroyed.',
    toDo: { source: `${askOther('destination')} It has to enable the key.`, target: enableKey },
    isRetried: true,
  },
  source_storage_unavailable: {
    cause: 'The storage of the source vault does not answer.',
    toDo: { source: mendStorage, target: mendStorage },
    isRetried: true,
  },
  target_storage_unavailable: {
    cause: 'The storage of the target vault does not answer.',
    toDo: { source: mendStorage, target: mendStorage },
    isRetried: true,
  },
  source_vault_error: {
    cause: 'The source vault cannot be read.',
    toDo: { source: 'Open the vault to see why.', target: askOther('source') },
    isRetried: true,
  },
  target_vault_error: {
    cause: 'The target vault takes no points.',
    toDo: { source: askOther('destination'), target: 'Open the vault to see why.' },
    isRetried: true,
  },
  target_account_overdue: {
    cause: 'The destination account is overdue. Nothing is lost, and copying goes on once it is active.',
    toDo: { source: askOther('destination'), target: settleAccount },
    isRetried: false,
  },
  target_account_suspended: {
    cause: 'The destination account is suspended. Nothing is lost, and copying goes on once it is active.',
    toDo: { source: askOther('destination'), target: settleAccount },
    isRetried: false,
  },
  target_account_closed: {
    cause: 'The destination account is closed. What it holds stays until its retention ends.',
    toDo: {
      source: 'Stop this replication and choose another destination.',
      target: settleAccount,
    },
    isRetried: false,
  },
  corrupt_data: {
    cause: 'Data of the source does not match its checksum. Nothing damaged was copied.',
    toDo: {
      source: 'The operator of this installation has to look at the storage; newer backups may be whole.',
      target: `${askOther('source')} What has arrived is whole.`,
    },
    isRetried: true,
  },
};

/** How long a replication that failed waits: as long as it has been failing, within these bounds. */
export const retryBounds = { leastSeconds: 5, mostSeconds: 60 };

/** When it is tried again; null when it does not wait, or waits for an event and not for the clock. */
export function nextTryAt(
  row: Pick<ReplicationRow, 'state' | 'waitingReason' | 'waitingSince' | 'lastStepAt'>,
): Date | null {
  const { state, waitingReason, waitingSince, lastStepAt } = row;
  if (state !== 'active' || !waitingReason || !lastStepAt) return null;
  if (!waitingRules[waitingReason as WaitingReason]?.isRetried) return null;
  const failing = waitingSince ? (lastStepAt.getTime() - waitingSince.getTime()) / 1000 : 0;
  const seconds = Math.max(retryBounds.leastSeconds, Math.min(retryBounds.mostSeconds, failing));
  return new Date(lastStepAt.getTime() + seconds * 1000);
}
