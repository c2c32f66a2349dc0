import { and, inArray, isNull } from 'drizzle-orm';
import { notifications } from '@/db/schema';
import { writeVerb } from '@/lib/verb';
import { ReadNotifications } from './schemas';

/** Marks notifications as read, for every user of the account. Unknown ids are passed over. */
export const readNotifications = writeVerb({
  action: 'notifications.read',
  permission: 'notifications.manage',
  input: ReadNotifications,
  async run({ tx, input, now, audit }) {
    const read = await tx
      .update(notifications)
      .set({ readAt: now })
      .where(and(inArray(notifications.id, input.ids), isNull(notifications.readAt)))
      .returning({ id: notifications.id });
    await audit({ resourceKind: 'notifications', resourceId: 'inbox', after: { read: read.length } });
    return { readCount: read.length };
  },
});
