import { z } from 'zod';

export * from './countdown';

import { isoTime } from '@/lib/schemas';

export const Notification = z.object({
  id: z.string(),
  kind: z.string(),
  severity: z.enum(['info', 'success', 'warning', 'error']),
  title: z.string(),
  body: z.string(),
  href: z.string().nullable(),
  createdAt: isoTime,
  readAt: isoTime.nullable(),
});
export type Notification = z.infer<typeof Notification>;
export const ReadNotifications = z.object({ ids: z.array(z.string()).max(200) });
export const NotificationList = z.object({ items: z.array(Notification), unreadCount: z.number().int() });
