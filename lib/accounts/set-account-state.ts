import { eq, sql } from 'drizzle-orm';
import { type Database, inAccount, type Tx } from '@/db/client';
import { accounts, replications } from '@/db/schema';
import { type AccountState, describeState } from '@/lib/account-states';
import type { Clock } from '@/lib/clock';
import { type Context, createContext } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { notify } from '@/lib/notifications';
import { defaultRegionId } from '@/lib/regions/schemas';
import { wakeTickerOf } from '@/lib/ticker';
import { writeAudit } from '@/lib/verb';

export interface NewAccountState {
  accountId: string;
  state: AccountState;
  /** What the account is told; the operator's own words. */
  reason: string;
}

/** Whoever works on the server machine itself; accounts see it in their audit. */
export function operatorContext(owner: Database, accountId: string, clock?: Clock): Context {
  const actor = {
    kind: 'engine',
    id: 'operator',
    name: 'operator',
    userId: 'operator',
    role: 'operator',
  } as const;
  return createContext({ accountId, actor, db: owner, ...(clock && { clock }) });
}

/**
 * Sets the state of an account, with an audit row and a notification in it. Replications into its vaults wait from now
 * on, or go on; those out of its vaults do not notice.
 *
 * @param owner a connection that row-level security does not bind: the state is the operator's alone.
 * @throws `not_found`, `invalid_input` without a reason, `state_conflict` when the account is in this state already.
 */
export async function setAccountState(
  owner: Database,
  { accountId, state, reason }: NewAccountState,
  clock?: Clock,
): Promise<{ name: string; before: AccountState; after: AccountState }> {
  if (reason.trim().length < 3 || reason.length > 500)
    throw new CrossvaultError('invalid_input', 'Give a reason of 3 to 500 characters; the account reads it.');
  const ctx = operatorContext(owner, accountId, clock);
  const changed = await inAccount(owner, accountId, async (tx) => {
    const [account] = await tx
      .select()
      .from(accounts)
      .where(eq(accounts.accountId, accountId))
      .for('no key update');
    if (!account) throw new CrossvaultError('not_found', `There is no account ${accountId}.`);
    if (account.state === state)
      throw new CrossvaultError('state_conflict', `The account ${accountId} is ${state} already.`);
    await tx.update(accounts).set({ state }).where(eq(accounts.accountId, accountId));
    await showOnReplications(tx, accountId, state);
    await notify(tx, accountId, noticeOf(state, reason));
    await writeAudit(ctx, tx, 'accounts.set_state', {
      resourceKind: 'account',
      resourceId: accountId,
      resourceName: account.name,
      before: { state: account.state },
      after: { state, reason },
    });
    return { name: account.name, before: account.state, after: state };
  });
  // Afterwards: whoever makes rows holds its ticker before it asks for the account's state.
  await wakeTickerOf(owner as unknown as Tx, accountId);
  return changed;
}

/** The engine finds out with its next step; both sides read the reason at once. */
async function showOnReplications(tx: Tx, accountId: string, state: AccountState): Promise<void> {
  if (state === 'active') return;
  await tx
    .update(replications)
    .set({
      waitingReason: `target_account_${state}`,
      waitingSince: sql`now()`,
      lastError: `The destination account is ${state}. Copying goes on once it is active again.`,
    })
    .where(sql`${replications.accountId} = ${accountId} and ${replications.state} = 'active'`);
}

function noticeOf(state: AccountState, reason: string) {
  const href = `/${defaultRegionId()}`;
  const kind = 'accounts.state_changed';
  if (state === 'active') {
    const body = `Everything goes on as before. The operator says: ${reason}`;
    return { kind, severity: 'success', title: 'This account is active again', body, href } as const;
  }
  const { title, stopped, goesOn } = describeState(state);
  const body = `${stopped} ${goesOn} The operator says: ${reason}`;
  return { kind, severity: state === 'overdue' ? 'warning' : 'error', title, body, href } as const;
}
