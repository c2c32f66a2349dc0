import { and, eq, isNull, lte, sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { invitations, resourceShareKeys, resourceSharePrincipals, resourceShareVaults } from '@/db/schema';
import type { Duty } from '@/lib/engine/ticker/duties';
import { notify, notifyAccount } from '@/lib/notifications';
import { defaultRegionId } from '@/lib/regions/schemas';
import type { InvitationRow } from './internal';
import { endedHours } from './schemas';

const ended = sql.raw(`interval '${endedHours} hours'`);

/**
 * Invitations that an account sent: both sides are warned a day before one expires and told when it has; what ended some
 * days ago leaves the lists.
 */
export const shareDuty: Duty = {
  kind: 'resource_shares',
  dueAt: (accountId) => sql`
    select min(due) from (
      select case when warned_at is null then expires_at - interval '1 day' else expires_at end as due
      from invitations where account_id = ${accountId} and status = 'pending'
      union all select disassociated_at + ${ended} from resource_share_vaults
      where account_id = ${accountId} and disassociated_at is not null
      union all select disassociated_at + ${ended} from resource_share_keys
      where account_id = ${accountId} and disassociated_at is not null
      union all select disassociated_at + ${ended} from resource_share_principals
      where account_id = ${accountId} and disassociated_at is not null) as times`,
  async run({ db }, accountId) {
    await inAccount(db, accountId, async (tx) => {
      for (const invitation of await expire(tx, accountId)) await tellExpired(tx, invitation);
      for (const invitation of await markWarned(tx, accountId)) await warn(tx, invitation);
      await forgetEnded(tx, accountId);
    });
    return false;
  },
};

function expire(tx: Tx, accountId: string) {
  const { status, expiresAt } = invitations;
  return tx
    .update(invitations)
    .set({ status: 'expired' })
    .where(and(eq(invitations.accountId, accountId), eq(status, 'pending'), lte(expiresAt, sql`now()`)))
    .returning();
}

function markWarned(tx: Tx, accountId: string) {
  const { status, warnedAt, expiresAt } = invitations;
  return tx
    .update(invitations)
    .set({ warnedAt: sql`now()` })
    .where(
      and(
        eq(invitations.accountId, accountId),
        eq(status, 'pending'),
        isNull(warnedAt),
        lte(expiresAt, sql`now() + interval '1 day'`),
      ),
    )
    .returning();
}

async function forgetEnded(tx: Tx, accountId: string): Promise<void> {
  for (const table of [resourceShareVaults, resourceShareKeys, resourceSharePrincipals]) {
    await tx
      .delete(table)
      .where(and(eq(table.accountId, accountId), lte(table.disassociatedAt, sql`now() - ${ended}`)));
  }
}

const nameOf = async (tx: Tx, accountId: string) => {
  const [row] = await tx.execute<{ name: string | null }>(
    sql`select door_account_name(${accountId}) as name`,
  );
  return row?.name ?? accountId;
};

async function tellExpired(tx: Tx, row: InvitationRow): Promise<void> {
  await notify(tx, row.accountId, {
    kind: 'share.expired',
    severity: 'warning',
    title: `${await nameOf(tx, row.recipientAccountId)} did not answer the invitation to ${row.shareName}`,
    body: 'It expired after 7 days. Invite the account again if it should have access.',
    href: `/${defaultRegionId()}/shared-by-me/${row.shareId}`,
  });
  await notifyAccount(tx, {
    accountId: row.recipientAccountId,
    linkId: row.id,
    kind: 'share.expired',
    severity: 'warning',
    title: `The invitation to ${row.shareName} has expired`,
    body: `Nobody answered within 7 days. Ask ${row.ownerName} for a new one.`,
    href: `/${defaultRegionId()}/shared-with-me`,
  });
}

async function warn(tx: Tx, row: InvitationRow): Promise<void> {
  await notify(tx, row.accountId, {
    kind: 'share.expiring',
    severity: 'info',
    title: `${await nameOf(tx, row.recipientAccountId)} has a day left to answer the invitation to ${row.shareName}`,
    href: `/${defaultRegionId()}/shared-by-me/${row.shareId}`,
  });
  await notifyAccount(tx, {
    accountId: row.recipientAccountId,
    linkId: row.id,
    kind: 'share.expiring',
    severity: 'warning',
    title: `The invitation to ${row.shareName} expires within a day`,
    body: `Accept or reject it; afterwards ${row.ownerName} has to invite this account again.`,
    href: `/${defaultRegionId()}/shared-with-me`,
  });
}
