'use client';

import { useQuery } from '@tanstack/react-query';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useState } from 'react';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { ButtonLink } from '@/components/ui/button';
import { Tabs } from '@/components/ui/tabs';
import { receivedBackupSharesQuery } from '@/lib/backup-shares/query';
import type { ReceivedBackupShare } from '@/lib/backup-shares/schemas';
import { AcceptBackupDialog } from './accept-backup-dialog';
import { ReceivedTable } from './received-table';
import { RejectBackupDialog } from './reject-backup-dialog';

export const tabStates = {
  pending: ['pending', 'failed'],
  accepted: ['copying', 'accepted'],
  rejected: ['rejected'],
  ended: ['cancelled', 'deleted'],
} as const satisfies Record<string, readonly ReceivedBackupShare['state'][]>;
export type ReceivedTab = keyof typeof tabStates;

const tabWords: Record<ReceivedTab, string> = {
  pending: 'Pending',
  accepted: 'Accepted',
  rejected: 'Rejected',
  ended: 'Ended',
};
const tabs = Object.keys(tabWords) as ReceivedTab[];

/** Backups of other accounts that are offered to this one, and what became of each. */
export function SharedBackupsPage({ region }: { region: string }) {
  const received = useQuery(receivedBackupSharesQuery(region));
  const [status, setStatus] = useQueryState('status', parseAsStringLiteral(tabs).withDefault('pending'));
  const [answering, setAnswering] = useState<{ answer: 'accept' | 'reject'; id: string } | null>(null);
  const share = received.data?.items.find(({ id }) => id === answering?.id);
  const close = () => setAnswering(null);
  return (
    <>
      <PageHeader
        title="Backups shared with me"
        description="Server and disk backups of other accounts in this region. Accept one into a vault of your own to make disks and servers from it."
        actions={<ButtonLink href={sectionHref(region, 'credentials')}>Show my project id</ButtonLink>}
      />
      <Tabs
        label="Shared backups by state"
        value={status}
        onValueChange={(next) => void setStatus(next as ReceivedTab)}
        tabs={tabs.map((tab) => {
          const states: readonly string[] = tabStates[tab];
          const rows = received.data?.items.filter(({ state }) => states.includes(state));
          return {
            value: tab,
            label: tabWords[tab],
            count: rows?.length,
            content: (
              <ReceivedTable
                tab={tab}
                region={region}
                rows={rows}
                query={received}
                onAnswer={(answer, { id }) => {
                  setAnswering({ answer, id });
                  // A share ends, and its key comes and goes, without a word to this page.
                  void received.refetch();
                }}
              />
            ),
          };
        })}
      />
      {share && answering?.answer === 'accept' && (
        <AcceptBackupDialog
          share={share}
          region={region}
          onClose={close}
          onAccepted={() => void setStatus('accepted')}
        />
      )}
      {share && answering?.answer === 'reject' && <RejectBackupDialog share={share} onClose={close} />}
    </>
  );
}
