import { and, eq, sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { alertContacts, alertDeliveries } from '@/db/schema';
import { systemClock } from '@/lib/clock';
import type { Duty } from '@/lib/engine/ticker/duties';
import type { VaultEnvironment } from '@/lib/engine/vaults';
import { readEnv } from '@/lib/env';
import { notify } from '@/lib/notifications';
import type { Contact, Delivery, Sender } from './message';
import { retryDelayMs } from './rules';
import { sendMail } from './send-mail';
import { sendWebhook } from './send-webhook';

const atATime = 5;
/** Longer than one attempt may take; after a crash the message is due again then. */
const claimSeconds = 60;

/** Sends what waits to be sent: at least once each, with an id by which a receiver knows a repetition. */
export const alertDuty: Duty = {
  kind: 'send_alerts',
  dueAt: (accountId) => sql`select min(d.due_at) from alert_deliveries d
    where d.account_id = ${accountId} and d.state = 'waiting'`,
  run: (environment, accountId) => sendDueAlerts(environment, accountId, readEnv()),
};

/** @returns whether there may be more to send now. */
export async function sendDueAlerts(
  { db }: Pick<VaultEnvironment, 'db'>,
  accountId: string,
  sender: Sender,
): Promise<boolean> {
  const claimed = await inAccount(db, accountId, (tx) => claimDue(tx, accountId));
  await Promise.all(
    claimed.map(async ({ delivery, contact }) => {
      const failure = await attempt(delivery, contact, sender);
      await inAccount(db, accountId, (tx) => settle(tx, delivery, contact, failure));
    }),
  );
  return claimed.length === atATime;
}

/** Puts the next attempt beyond this one, so that no other engine makes it too. */
async function claimDue(tx: Tx, accountId: string): Promise<{ delivery: Delivery; contact: Contact }[]> {
  const due = await tx.execute<{ id: string }>(sql`
    update alert_deliveries set attempts = attempts + 1, due_at = now() + make_interval(secs => ${claimSeconds})
    where id in (select id from alert_deliveries
      where account_id = ${accountId} and state = 'waiting' and due_at <= now()
      order by due_at limit ${atATime} for update skip locked)
    returning id`);
  if (due.length === 0) return [];
  const ids = sql.join(
    due.map(({ id }) => sql`${id}`),
    sql`, `,
  );
  return tx
    .select({ delivery: alertDeliveries, contact: alertContacts })
    .from(alertDeliveries)
    .innerJoin(alertContacts, eq(alertContacts.id, alertDeliveries.contactId))
    .where(sql`${alertDeliveries.id} in (${ids})`);
}

/** @returns why it was not taken, in words for the account, or null. */
async function attempt(delivery: Delivery, contact: Contact, sender: Sender): Promise<string | null> {
  try {
    if (contact.kind === 'email') await sendMail(delivery, contact, sender);
    else await sendWebhook(delivery, contact, sender, Math.floor(systemClock.now().getTime() / 1000));
    return null;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).slice(0, 300);
  }
}

async function settle(tx: Tx, delivery: Delivery, contact: Contact, failure: string | null): Promise<void> {
  const delayMs = failure === null ? null : retryDelayMs(delivery.attempts);
  const outcome =
    failure === null
      ? { state: 'delivered' as const, lastError: null, finishedAt: sql`now()` }
      : delayMs === null
        ? { state: 'failed' as const, lastError: failure, finishedAt: sql`now()` }
        : { lastError: failure, dueAt: sql`now() + make_interval(secs => ${delayMs / 1000})` };
  const isOver = 'finishedAt' in outcome;
  // The code of a check is of no more use, and is not kept.
  const forgotten = isOver && delivery.purpose === 'verification' ? { body: '' } : {};
  const settled = await tx
    .update(alertDeliveries)
    .set({ ...outcome, ...forgotten })
    .where(and(eq(alertDeliveries.id, delivery.id), eq(alertDeliveries.state, 'waiting')))
    .returning({ id: alertDeliveries.id });
  if (settled.length === 0) return;
  await tx
    .update(alertContacts)
    .set(contactAfter(delivery, contact, failure))
    .where(eq(alertContacts.id, contact.id));
  if (isOver && failure !== null && delivery.purpose === 'notification') {
    await notify(tx, delivery.accountId, {
      kind: 'alerts.not_delivered',
      severity: 'warning',
      title: `An alert did not reach ${contact.name}`,
      body: `${delivery.title}. After ${delivery.attempts} attempts: ${failure}`,
    });
  }
}

/** A webhook proves itself by taking a message. */
function contactAfter(delivery: Delivery, contact: Contact, failure: string | null) {
  if (failure !== null) return { lastFailedAt: sql`now()`, lastError: failure };
  const proves = contact.kind === 'webhook' && delivery.purpose === 'verification';
  return { lastDeliveredAt: sql`now()`, lastError: null, ...(proves && { verifiedAt: sql`now()` }) };
}
