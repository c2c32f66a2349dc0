import { eq } from 'drizzle-orm';
import { alertContacts } from '@/db/schema';
import { writeVerb } from '@/lib/verb';
import { loadContactForUpdate, toAlertContact } from './internal';
import { type AlertContact, NameAlertContact } from './schemas';

/** Forgets a contact with the record of what was sent to it; nothing more goes there. */
export const deleteAlertContact = writeVerb({
  action: 'alerts.delete_contact',
  permission: 'alerts.manage',
  activity: 'delete',
  input: NameAlertContact,
  async run({ tx, input, audit }): Promise<AlertContact> {
    const contact = toAlertContact(await loadContactForUpdate(tx, input.id));
    await tx.delete(alertContacts).where(eq(alertContacts.id, input.id));
    const { kind, address, topics } = contact;
    await audit({
      resourceKind: 'alert_contact',
      resourceId: input.id,
      resourceName: contact.name,
      before: { kind, address, topics },
    });
    return contact;
  },
});
