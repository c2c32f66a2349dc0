'use client';

import { Bell, CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { Button, IconButton } from '@/components/ui/button';
import { cn } from '@/components/ui/class-names';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Popover } from '@/components/ui/popover';
import { RelativeTime } from '@/components/ui/quantities';
import { SkeletonText } from '@/components/ui/skeleton';
import type { Notification } from '@/lib/notifications/schemas';
import type { NotificationFeed } from './types';

const severities = {
  info: { ink: 'text-info', word: 'Information', Icon: Info },
  success: { ink: 'text-success', word: 'Success', Icon: CircleCheck },
  warning: { ink: 'text-warning', word: 'Warning', Icon: TriangleAlert },
  error: { ink: 'text-danger', word: 'Error', Icon: CircleAlert },
};

export function NotificationBell({ feed, className }: { feed: NotificationFeed; className?: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const { items, unreadCount, error, onRetry, onRead } = feed;
  const unread = items?.filter((item) => !item.readAt).map((item) => item.id) ?? [];
  const label = unreadCount > 0 ? `Notifications, ${unreadCount} unread` : 'Notifications';
  return (
    <Popover
      label="Notifications"
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      className="flex max-h-[70vh] w-96 max-w-[calc(100vw-16px)] flex-col"
      trigger={
        <IconButton
          label={label}
          className={cn('relative', className)}
          icon={
            <>
              <Bell />
              {unreadCount > 0 && (
                <span
                  aria-hidden
                  className="absolute -top-0.5 -right-0.5 min-w-4 rounded-full bg-danger-fill px-1 text-center font-semibold text-[10px] text-on-fill leading-4"
                >
                  {unreadCount > 99 ? '99+' : unreadCount}
                </span>
              )}
            </>
          }
        />
      }
    >
      <div className="flex min-h-11 items-center justify-between gap-2 border-line border-b py-1 pr-2 pl-4">
        <h2 className="font-semibold">Notifications</h2>
        {unread.length > 0 && (
          <Button variant="ghost" size="sm" onClick={() => onRead(unread)}>
            Mark all as read
          </Button>
        )}
      </div>
      <div className="min-h-0 overflow-y-auto">
        {!items && error && <ErrorState onRetry={onRetry}>{error}</ErrorState>}
        {!items && !error && (
          <div className="p-4">
            <SkeletonText />
          </div>
        )}
        {items?.length === 0 && (
          <EmptyState icon={<Bell />} title="Nothing to report">
            Finished jobs, invitations and replications that wait appear here.
          </EmptyState>
        )}
        <ul>
          {items?.map((item) => (
            <NotificationRow key={item.id} item={item} onOpen={() => setIsOpen(false)} onRead={onRead} />
          ))}
        </ul>
      </div>
    </Popover>
  );
}

interface NotificationRowProps {
  item: Notification;
  onOpen: () => void;
  onRead: (ids: string[]) => void;
}

function NotificationRow({ item, onOpen, onRead }: NotificationRowProps) {
  const { ink, word, Icon } = severities[item.severity];
  const open = () => {
    if (!item.readAt) onRead([item.id]);
    onOpen();
  };
  return (
    <li
      className={cn(
        'flex gap-2.5 border-line border-b px-4 py-3 last:border-b-0',
        !item.readAt && 'bg-accent-soft',
      )}
    >
      <Icon className={cn('mt-0.5 size-4', ink)} aria-label={word} role="img" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">
          {item.href ? (
            <Link href={item.href} onClick={open} className="hover:underline">
              {item.title}
            </Link>
          ) : (
            item.title
          )}
        </p>
        <p className="wrap-anywhere text-muted text-sm">{item.body}</p>
        <p className="mt-1 text-muted text-xs">
          <RelativeTime at={item.createdAt} />
        </p>
      </div>
    </li>
  );
}
