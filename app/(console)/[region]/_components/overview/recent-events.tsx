import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { cn } from '@/components/ui/class-names';
import { Panel } from '@/components/ui/panel';
import { RelativeTime } from '@/components/ui/quantities';
import type { Notification } from '@/lib/notifications/schemas';

const marks = {
  info: { Icon: Info, ink: 'text-info', word: 'Note' },
  success: { Icon: CircleCheck, ink: 'text-success', word: 'Success' },
  warning: { Icon: TriangleAlert, ink: 'text-warning', word: 'Warning' },
  error: { Icon: CircleAlert, ink: 'text-danger', word: 'Failure' },
};
const shown = 6;

/** The newest notifications of the account, read or not. */
export function RecentEvents({ notifications }: { notifications: Notification[] }) {
  return (
    <Panel title="Recent events" isFlush>
      {notifications.length === 0 ? (
        <p className="px-4 py-3 text-muted">Invitations, replications and failures will be told here.</p>
      ) : (
        <ul className="divide-y divide-line">
          {notifications.slice(0, shown).map((notification) => (
            <Event key={notification.id} notification={notification} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Event({ notification }: { notification: Notification }) {
  const { severity, title, body, href, createdAt } = notification;
  const { Icon, ink, word } = marks[severity];
  return (
    <li className="flex gap-2.5 px-4 py-2.5">
      <Icon className={cn('mt-0.5 size-4', ink)} aria-label={word} />
      <div className="min-w-0">
        {href ? (
          <Link href={href} className="link wrap-anywhere">
            {title}
          </Link>
        ) : (
          <span className="wrap-anywhere">{title}</span>
        )}
        {body && <p className="wrap-anywhere text-muted text-sm">{body}</p>}
        <p className="text-faint text-sm">
          <RelativeTime at={createdAt} />
        </p>
      </div>
    </li>
  );
}
