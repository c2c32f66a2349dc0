import { z } from 'zod';
import { type Route, route } from '@/lib/api/route';
import { listNotifications } from './list-notifications';
import { readNotifications } from './read-notifications';
import { NotificationList } from './schemas';

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/notifications',
    tag: 'notifications',
    summary: 'List notifications',
    description: 'The newest hundred, and how many are unread among all.',
    verb: listNotifications,
    response: NotificationList,
  }),
  route({
    method: 'POST',
    path: '/notifications/read',
    tag: 'notifications',
    summary: 'Mark notifications as read',
    verb: readNotifications,
    response: z.object({ readCount: z.number().int() }),
  }),
];
