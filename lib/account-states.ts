export const accountStates = ['active', 'overdue', 'suspended', 'closed'] as const;
export type AccountState = (typeof accountStates)[number];

/**
 * What a change is about, for the state of the account to decide on. `own` is a person's own sign-in and profile;
 * `store` makes backups and vaults; `share` ties the account to another one.
 */
export type Activity = 'read' | 'own' | 'restore' | 'stop' | 'delete' | 'manage' | 'store' | 'share';

const allowed: Record<AccountState, readonly Activity[]> = {
  active: ['read', 'own', 'restore', 'stop', 'delete', 'manage', 'store', 'share'],
  overdue: ['read', 'own', 'restore', 'stop', 'delete', 'manage'],
  suspended: ['read', 'own', 'restore'],
  closed: [],
};

const refused: Record<Activity, string> = {
  read: 'nothing is shown',
  own: 'nobody signs in',
  restore: 'nothing is restored',
  stop: 'nothing is stopped or cancelled',
  delete: 'nothing is deleted',
  manage: 'nothing is changed',
  store: 'no new backups or vaults are made',
  share: 'no new replications or shares are begun',
};

export interface StateRefusal {
  reason: 'account_overdue' | 'account_suspended' | 'account_closed';
  message: string;
}

/** Why an account in this state may not do this now, or null. A state never blocks what it does not name. */
export function findStateRefusal(state: AccountState, activity: Activity): StateRefusal | null {
  if (state === 'active' || allowed[state].includes(activity)) return null;
  return {
    reason: `account_${state}`,
    message: `The account is ${state}: ${refused[activity]} until it is active again. ${describeState(state).goesOn}`,
  };
}

interface StateDescription {
  title: string;
  stopped: string;
  goesOn: string;
  wayOut: string;
}

/** What a state means, for those who work in the account. */
export function describeState(state: Exclude<AccountState, 'active'>): StateDescription {
  return descriptions[state];
}

const wayOut = 'Whoever runs this installation sets the state and can make the account active again.';

const descriptions: Record<Exclude<AccountState, 'active'>, StateDescription> = {
  overdue: {
    title: 'This account is overdue',
    stopped:
      'No new backups, vaults, replications or shares are made, and replications into its vaults wait. Nothing is deleted because of it.',
    goesOn: 'Reading, restoring, stopping and deleting go on, and backup points expire as before.',
    wayOut,
  },
  suspended: {
    title: 'This account is suspended',
    stopped:
      'Nothing is made, changed, stopped or deleted by hand, and replications into its vaults wait. Nothing is deleted because of it.',
    goesOn: 'Reading and restoring go on, and backup points expire as before.',
    wayOut,
  },
  closed: {
    title: 'This account is closed',
    stopped: 'Nobody signs in, and its access keys and backup clients are refused.',
    goesOn: 'Its data stays until its retention ends, and copies in other accounts are not touched.',
    wayOut,
  },
};
