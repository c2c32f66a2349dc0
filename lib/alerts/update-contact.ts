import { eq } from 'drizzle-orm';
import { alertContacts } from '@/db/schema';
import { writeVerb } from '@/lib/verb';
import { loadContactForUpdate, toAlertContact } from './internal';
import { type AlertContact, UpdateAlertContact } from './schemas';

/** Changes what a contact hears of. Its address stays what was proved. */
export const updateAlertContact = writeVerb({
  action: 'alerts.update_contact',
  permission: 'alerts.manage',
  input: UpdateAlertContact,
  async run({ tx, input: { id, ...changes }, audit }): Promise<AlertContact> {
    const before = await loadContactForUpdate(tx, id);
    if (Object.keys(changes).length > 0) {
      await tx.update(alertContacts).set(changes).where(eq(alertContacts.id, id));
    }
    const { name, topics, leastSeverity } = before;
    await audit({
      resourceKind: 'alert_contact',
      resourceId: id,
      resourceName: changes.name ?? name,
      before: { name, topics, leastSeverity },
      after: changes,
    });
    return toAlertContact(await loadContactForUpdate(tx, id));
  },
});
