import { count, desc, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { notifications } from '@/db/schema';
import { readVerb } from '@/lib/verb';
import type { Notification } from './schemas';

/** The newest hundred, and how many are unread among all. */
export const listNotifications = readVerb({
  action: 'notifications.list',
  permission: 'notifications.manage',
  input: z.object({}),
  async run({ tx }) {
    const rows = await tx
      .select()
      .from(notifications)
      .orderBy(desc(notifications.createdAt), desc(notifications.id))
      .limit(100);
    const [unread] = await tx
      .select({ total: count() })
      .from(notifications)
      .where(isNull(notifications.readAt));
    return { items: rows.map(toNotification), unreadCount: unread?.total ?? 0 };
  },
});

function toNotification(row: typeof notifications.$inferSelect): Notification {
  const { accountId: _, createdAt, readAt, ...shown } = row;
  return { ...shown, createdAt: createdAt.toISOString(), readAt: readAt?.toISOString() ?? null };
}
