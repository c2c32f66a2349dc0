'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';
import type { NotificationFeed } from '@/components/console/shell/types';
import { apiFetch } from '@/lib/api/fetch';
import { notificationsQuery } from '@/lib/notifications/query';

const ReadAnswer = z.object({ readCount: z.number().int() });

export function useNotificationFeed(): NotificationFeed {
  const queryClient = useQueryClient();
  const query = notificationsQuery();
  const { data, error, refetch } = useQuery(query);
  const read = useMutation({
    mutationFn: (ids: string[]) =>
      apiFetch(ReadAnswer, '/notifications/read', { method: 'POST', body: { ids } }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: query.queryKey }),
  });
  return {
    items: data?.items,
    unreadCount: data?.unreadCount ?? 0,
    error: error?.message,
    onRetry: () => void refetch(),
    onRead: (ids) => read.mutate(ids),
  };
}
