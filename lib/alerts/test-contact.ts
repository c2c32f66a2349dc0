import { writeVerb } from '@/lib/verb';
import {
  loadContactForUpdate,
  orderVerification,
  queueDelivery,
  requireRest,
  toAlertContact,
} from './internal';
import { type AlertContact, NameAlertContact } from './schemas';

/** Sends a message now: a test to a proved contact, the proof again to one that has not proved itself. */
export const testAlertContact = writeVerb({
  action: 'alerts.test_contact',
  permission: 'alerts.manage',
  input: NameAlertContact,
  async run({ ctx, tx, input, now, audit }): Promise<AlertContact> {
    const contact = await loadContactForUpdate(tx, input.id);
    await requireRest(tx, contact.id, now);
    if (contact.verifiedAt) {
      await queueDelivery(tx, ctx.accountId, {
        contactId: contact.id,
        purpose: 'test',
        title: 'Test of an alert contact',
        body: `${ctx.actor.name} sent this message to see that alerts arrive.`,
      });
    } else await orderVerification(tx, ctx.accountId, contact, now);
    await audit({ resourceKind: 'alert_contact', resourceId: contact.id, resourceName: contact.name });
    return toAlertContact(await loadContactForUpdate(tx, contact.id));
  },
});
