import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { NotificationList } from './schemas';

export const notificationsQuery = () =>
  queryOptions({
    queryKey: ['notifications'],
    queryFn: ({ signal }) => apiFetch(NotificationList, '/notifications', { signal }),
    refetchInterval: 15_000,
  });
