import { createHash, randomInt } from 'node:crypto';
import { and, eq, gt, ne, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { alertContacts, alertDeliveries } from '@/db/schema';
import { newId } from '@/lib/context';
import { CrossvaultError, notFound } from '@/lib/errors';
import { codeMinutes, sendAgainSeconds } from './rules';
import { type AlertContact, AlertTopic } from './schemas';

/** What the web process may read of a contact. */
export const contactColumns = {
  id: alertContacts.id,
  kind: alertContacts.kind,
  name: alertContacts.name,
  address: alertContacts.address,
  topics: alertContacts.topics,
  leastSeverity: alertContacts.leastSeverity,
  verifiedAt: alertContacts.verifiedAt,
  codeHash: alertContacts.codeHash,
  codeExpiresAt: alertContacts.codeExpiresAt,
  codeFailures: alertContacts.codeFailures,
  lastDeliveredAt: alertContacts.lastDeliveredAt,
  lastFailedAt: alertContacts.lastFailedAt,
  lastError: alertContacts.lastError,
  createdAt: alertContacts.createdAt,
};

export type ContactRow = Awaited<ReturnType<typeof loadContactForUpdate>>;

export async function loadContactForUpdate(tx: Tx, id: string) {
  const [contact] = await tx
    .select(contactColumns)
    .from(alertContacts)
    .where(eq(alertContacts.id, id))
    .for('no key update');
  if (!contact) throw notFound('alert contact');
  return contact;
}

export function toAlertContact(row: ContactRow): AlertContact {
  const { codeHash: _, codeExpiresAt: __, codeFailures: ___, ...shown } = row;
  return {
    ...shown,
    topics: AlertTopic.options.filter((topic) => row.topics.includes(topic)),
    verifiedAt: iso(row.verifiedAt),
    lastDeliveredAt: iso(row.lastDeliveredAt),
    lastFailedAt: iso(row.lastFailedAt),
    createdAt: row.createdAt.toISOString(),
  };
}

export const iso = (at: Date | null) => at?.toISOString() ?? null;

export function hashCode(contactId: string, code: string): Buffer {
  return createHash('sha256').update(`${contactId}/${code}`).digest();
}

/** Orders the message that proves a contact: a code by mail, or a ping that a webhook answers with 2xx. */
export async function orderVerification(
  tx: Tx,
  accountId: string,
  contact: Pick<ContactRow, 'id' | 'kind' | 'name'>,
  now: Date,
): Promise<void> {
  let body = 'Answer with any status from 200 to 299 to receive alerts here.';
  if (contact.kind === 'email') {
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    body = `Your code is ${code}. Enter it on the page Alerts within ${codeMinutes} minutes. If you did not expect this message, ignore it: nothing more is sent without the code.`;
    await tx
      .update(alertContacts)
      .set({
        codeHash: hashCode(contact.id, code),
        codeExpiresAt: new Date(now.getTime() + codeMinutes * 60_000),
        codeFailures: 0,
      })
      .where(eq(alertContacts.id, contact.id));
  }
  await queueDelivery(tx, accountId, {
    contactId: contact.id,
    purpose: 'verification',
    title: 'Confirm that alerts may be sent here',
    body,
  });
}

export async function queueDelivery(
  tx: Tx,
  accountId: string,
  message: { contactId: string; purpose: 'verification' | 'test'; title: string; body: string },
): Promise<void> {
  const kind = `alerts.${message.purpose}`;
  await tx.insert(alertDeliveries).values({ accountId, id: newId('ad'), kind, severity: 'info', ...message });
  await tx.execute(sql`select wake_ticker(${accountId})`);
}

/** Nobody's mailbox is filled by pressing a button. */
export async function requireRest(tx: Tx, contactId: string, now: Date): Promise<void> {
  const [recent] = await tx
    .select({ id: alertDeliveries.id })
    .from(alertDeliveries)
    .where(
      and(
        eq(alertDeliveries.contactId, contactId),
        ne(alertDeliveries.purpose, 'notification'),
        gt(alertDeliveries.createdAt, new Date(now.getTime() - sendAgainSeconds * 1000)),
      ),
    )
    .limit(1);
  if (recent) {
    throw new CrossvaultError(
      'rate_limited',
      'A message was sent here less than a minute ago. Wait a moment.',
      {
        reason: 'sent_just_now',
      },
    );
  }
}
