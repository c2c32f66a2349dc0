'use client';

import { useQuery } from '@tanstack/react-query';
import { LogOut, MonitorSmartphone } from 'lucide-react';
import { useState } from 'react';
import { useAction } from '@/app/(console)/_components/use-action';
import { DataTable } from '@/components/console/data-table/data-table';
import type { Column } from '@/components/console/data-table/types';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { Nothing, RelativeTime } from '@/components/ui/quantities';
import { sessionsQuery } from '@/lib/profile/query';
import type { Session } from '@/lib/profile/schemas';
import { endOtherSessionsAction, endSessionAction } from '../actions';
import { describeBrowser } from './describe-browser';

const columns: Column<Session>[] = [
  {
    id: 'where',
    header: 'Session',
    isTitle: true,
    cell: (session) => (
      <span className="flex flex-wrap items-center gap-x-2">
        {describeBrowser(session.userAgent)}
        {session.isCurrent && <Badge tone="accent">This one</Badge>}
      </span>
    ),
  },
  {
    id: 'ip',
    header: 'From address',
    cell: ({ ip }) => (ip ? <span className="font-mono">{ip}</span> : <Nothing label="No address" />),
  },
  {
    id: 'since',
    header: 'Since',
    sortValue: (session) => session.createdAt,
    cell: (session) => <RelativeTime at={session.createdAt} />,
  },
  {
    id: 'seen',
    header: 'Last seen',
    sortValue: (session) => session.lastSeenAt,
    cell: ({ lastSeenAt }) => (lastSeenAt ? <RelativeTime at={lastSeenAt} /> : <Nothing label="Not yet" />),
  },
  { id: 'ends', header: 'Ends by itself', cell: (session) => <RelativeTime at={session.expiresAt} /> },
];

export function SessionsTable() {
  const { show } = useFlash();
  const sessions = useQuery(sessionsQuery());
  const [isEnding, setIsEnding] = useState(false);
  const others = (sessions.data?.items ?? []).filter(({ isCurrent }) => !isCurrent).length;
  const end = useAction(endSessionAction, () => show({ kind: 'success', title: 'The session has ended.' }));
  const endOthers = useAction(endOtherSessionsAction, ({ endedCount }) => {
    setIsEnding(false);
    show({
      kind: 'success',
      title: `${endedCount} other ${endedCount === 1 ? 'session has' : 'sessions have'} ended.`,
    });
  });
  return (
    <>
      <DataTable<Session>
        id="sessions"
        title="My sessions"
        noun="sessions"
        columns={columns}
        rows={sessions.data?.items}
        getRowId={(session) => session.id}
        getRowName={(session) =>
          `session from ${session.ip ?? 'an unknown address'}, ${describeBrowser(session.userAgent)}`
        }
        error={sessions.error?.message ?? end.error?.message}
        onRetry={() => void sessions.refetch()}
        rowActions={(session) => [
          {
            label: 'End session',
            icon: <LogOut />,
            isDanger: true,
            disabledReason: session.isCurrent ? 'This is where you are. Sign out in the user menu.' : null,
            onSelect: () => end.send({ id: session.id }),
          },
        ]}
        actions={
          <Button
            icon={<LogOut />}
            disabledReason={others === 0 ? 'You are signed in nowhere else.' : null}
            onClick={() => setIsEnding(true)}
          >
            End other sessions
          </Button>
        }
        empty={{ icon: <MonitorSmartphone />, title: 'No sessions' }}
      />
      {isEnding && (
        <ConfirmDialog
          isOpen
          onOpenChange={setIsEnding}
          title="End other sessions"
          subject={`${others} other ${others === 1 ? 'session' : 'sessions'}`}
          consequences={[{ label: 'There', value: 'You have to sign in again' }]}
          reassurance="This session goes on."
          confirmLabel="End other sessions"
          onConfirm={() => endOthers.send({})}
          isPending={endOthers.isPending}
          error={endOthers.error?.message}
        />
      )}
    </>
  );
}
