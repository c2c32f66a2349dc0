'use client';

import { useQuery } from '@tanstack/react-query';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useState } from 'react';
import { PageHeader } from '@/components/console/page-header';
import { Tabs } from '@/components/ui/tabs';
import { invitationsQuery, receivedSharesQuery } from '@/lib/resource-shares/query';
import type { Invitation } from '@/lib/resource-shares/schemas';
import { invitationWords } from '../../_components/shares/invitation-status';
import { AcceptDialog } from './accept-dialog';
import { InvitationTable } from './invitation-table';
import { ReceivedShareTable } from './received-share-table';
import { RejectDialog } from './reject-dialog';

/** What waits for an answer comes first, then what can be used, then history. */
const statuses = ['pending', 'accepted', 'rejected', 'expired', 'cancelled', 'failed'] as const;

export function SharedWithMePage({ region }: { region: string }) {
  const invitations = useQuery(invitationsQuery());
  const received = useQuery(receivedSharesQuery());
  const [status, setStatus] = useQueryState(
    'status',
    parseAsStringLiteral([...statuses, 'shares']).withDefault('pending'),
  );
  const [answering, setAnswering] = useState<{ answer: 'accept' | 'reject'; invitation: Invitation } | null>(
    null,
  );
  const close = () => setAnswering(null);
  return (
    <>
      <PageHeader
        title="Shared with me"
        description="Replication target vaults of other accounts, and invitations to them. Choose one to keep a second copy of your backups there."
      />
      <Tabs
        label="Shares and invitations by state"
        value={status}
        onValueChange={(next) => void setStatus(next as typeof status)}
        tabs={[
          {
            value: 'shares',
            label: 'Resource shares',
            count: received.data?.items.length,
            content: <ReceivedShareTable region={region} />,
          },
          ...statuses.map((shown) => {
            const rows = invitations.data?.items.filter((invitation) => invitation.status === shown);
            return {
              value: shown,
              label: invitationWords[shown].word,
              count: rows?.length,
              content: (
                <InvitationTable
                  status={shown}
                  region={region}
                  rows={rows}
                  query={invitations}
                  onAccept={(invitation) => setAnswering({ answer: 'accept', invitation })}
                  onReject={(invitation) => setAnswering({ answer: 'reject', invitation })}
                />
              ),
            };
          }),
        ]}
      />
      {answering?.answer === 'accept' && (
        <AcceptDialog invitation={answering.invitation} region={region} onClose={close} />
      )}
      {answering?.answer === 'reject' && <RejectDialog invitation={answering.invitation} onClose={close} />}
    </>
  );
}
