import { and, eq, isNull, lte, sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { directoryInvitations } from '@/db/schema';
import type { Duty } from '@/lib/engine/ticker/duties';
import { notify, notifyAccount } from '@/lib/notifications';
import { defaultRegionId } from '@/lib/regions/schemas';
import type { InvitationRow } from './list-invitations';

const href = () => `/${defaultRegionId()}/resource-directory` as const;

/** Invitations into the directory that an account manages: a warning a day before the end, and word of it afterwards. */
export const directoryDuty: Duty = {
  kind: 'directory',
  dueAt: (accountId) => sql`
    select min(case when warned_at is null then expires_at - interval '1 day' else expires_at end)
    from directory_invitations where account_id = ${accountId} and status = 'pending'`,
  async run({ db }, accountId) {
    await inAccount(db, accountId, async (tx) => {
      const open = and(
        eq(directoryInvitations.accountId, accountId),
        eq(directoryInvitations.status, 'pending'),
      );
      const expired = await tx
        .update(directoryInvitations)
        .set({ status: 'expired' })
        .where(and(open, lte(directoryInvitations.expiresAt, sql`now()`)))
        .returning();
      for (const row of expired) await tellExpired(tx, row);
      const warned = await tx
        .update(directoryInvitations)
        .set({ warnedAt: sql`now()` })
        .where(
          and(
            open,
            isNull(directoryInvitations.warnedAt),
            lte(directoryInvitations.expiresAt, sql`now() + interval '1 day'`),
          ),
        )
        .returning();
      for (const row of warned) await warn(tx, row);
    });
    return false;
  },
};

async function tellExpired(tx: Tx, row: InvitationRow): Promise<void> {
  await notify(tx, row.accountId, {
    kind: 'directory.expired',
    severity: 'warning',
    title: `The invitation of ${row.recipientAccountId} to the resource directory has expired`,
    href: href(),
  });
  await notifyAccount(tx, {
    accountId: row.recipientAccountId,
    linkId: row.id,
    kind: 'directory.expired',
    severity: 'info',
    title: `The invitation to the resource directory of ${row.managementName} has expired`,
    body: '',
    href: href(),
  });
}

async function warn(tx: Tx, row: InvitationRow): Promise<void> {
  await notifyAccount(tx, {
    accountId: row.recipientAccountId,
    linkId: row.id,
    kind: 'directory.expiring',
    severity: 'warning',
    title: `The invitation to the resource directory of ${row.managementName} expires within a day`,
    body: 'Accept or decline it under Resource directory.',
    href: href(),
  });
}
