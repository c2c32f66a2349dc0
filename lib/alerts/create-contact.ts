import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { alertContacts } from '@/db/schema';
import { newId } from '@/lib/context';
import { readEnv } from '@/lib/env';
import { CrossvaultError } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { loadContactForUpdate, orderVerification, toAlertContact } from './internal';
import { checkWebhookAddress } from './rules';
import { CreateAlertContact, type CreatedAlertContact, contactsPerAccount } from './schemas';

/** Adds a contact and sends the message that proves it; alerts follow once it has proved itself. */
export const createAlertContact = writeVerb({
  action: 'alerts.create_contact',
  permission: 'alerts.manage',
  input: CreateAlertContact,
  isAnswerSecret: true,
  async run({ ctx, tx, input, now, audit }): Promise<z.output<typeof CreatedAlertContact>> {
    checkAddress(input);
    const signingSecret = input.kind === 'webhook' ? `whsec_${randomBytes(32).toString('base64')}` : null;
    const id = newId('ac');
    const place = await freePlace(tx);
    const target = [alertContacts.accountId, alertContacts.kind, alertContacts.address];
    const made = await tx
      .insert(alertContacts)
      .values({ accountId: ctx.accountId, id, place, signingSecret, createdAt: now, ...input })
      .onConflictDoNothing({ target })
      .returning({ id: alertContacts.id });
    if (made.length === 0) {
      throw new CrossvaultError('already_exists', 'There is a contact with this address already.', {
        fields: { address: 'Another contact has this address.' },
      });
    }
    await orderVerification(tx, ctx.accountId, { id, kind: input.kind, name: input.name }, now);
    await audit({ resourceKind: 'alert_contact', resourceId: id, resourceName: input.name, after: input });
    return { contact: toAlertContact(await loadContactForUpdate(tx, id)), signingSecret };
  },
});

function checkAddress(input: z.output<typeof CreateAlertContact>): void {
  const { smtpUrl, allowsPrivateEndpoints } = readEnv();
  if (input.kind === 'webhook') checkWebhookAddress(input.address, allowsPrivateEndpoints);
  else if (smtpUrl === null) throw noMailServer();
}

function noMailServer(): CrossvaultError {
  const why = 'The operator has not named a mail server (CROSSVAULT_SMTP_URL). Use a webhook.';
  return new CrossvaultError('not_eligible', why, { fields: { kind: why }, reason: 'no_mail_server' });
}

/** The lowest free place; a second contact made at the same moment waits for the lock and takes the next one. */
async function freePlace(tx: Tx): Promise<number> {
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtext('alert_contacts'), hashtext(current_account()))`,
  );
  const taken = await tx.select({ place: alertContacts.place }).from(alertContacts);
  const places = new Set(taken.map(({ place }) => place));
  for (let place = 1; place <= contactsPerAccount; place++) if (!places.has(place)) return place;
  throw new CrossvaultError(
    'quota_exceeded',
    `An account has at most ${contactsPerAccount} contacts. Delete one first.`,
  );
}
