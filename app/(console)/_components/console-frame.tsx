'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { signOut } from 'next-auth/react';
import { type ReactNode, useCallback } from 'react';
import { ConsoleShell } from '@/components/console/shell/console-shell';
import type { ShellProps } from '@/components/console/shell/types';
import { meQuery } from '@/lib/accounts/query';
import { receivedBackupSharesQuery } from '@/lib/backup-shares/query';
import { type KnownRegions, learnRegions } from '@/lib/regions/schemas';
import { invitationsQuery } from '@/lib/resource-shares/query';
import { findTargets } from './find-targets';
import { useNotificationFeed } from './use-notification-feed';
import { useTickerWake } from './use-ticker-wake';

type ConsoleFrameProps = Pick<ShellProps, 'me' | 'region' | 'theme' | 'isNavigationCollapsed'> & {
  known: KnownRegions;
  children: ReactNode;
};

/** The shell with its live data: notifications, open invitations, the search, and the ticker it keeps awake. */
export function ConsoleFrame({ children, region, known, ...rest }: ConsoleFrameProps) {
  // Before anything below names a region.
  learnRegions(known);
  const queryClient = useQueryClient();
  // Every page asks what its reader's role may do; the answer came with the page.
  useQuery({ ...meQuery(), initialData: rest.me });
  const invitations = useQuery(invitationsQuery());
  const pending = invitations.data?.items.filter((invitation) => invitation.status === 'pending').length ?? 0;
  const shared = useQuery(receivedBackupSharesQuery());
  const offered = shared.data?.items.filter(({ state }) => state === 'pending').length ?? 0;
  const find = useCallback(
    (text: string, signal: AbortSignal) => findTargets(queryClient, region, text, signal),
    [queryClient, region],
  );
  useTickerWake();
  return (
    <ConsoleShell
      {...rest}
      region={region}
      regions={known.regions}
      badges={{ invitations: pending, sharedBackups: offered }}
      notifications={useNotificationFeed()}
      findTargets={find}
      onSignOut={() => void signOut({ callbackUrl: '/sign-in' })}
    >
      {children}
    </ConsoleShell>
  );
}
