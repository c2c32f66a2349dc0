'use client';

import { useQuery } from '@tanstack/react-query';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useState } from 'react';
import { PageHeader } from '@/components/console/page-header';
import { Tabs } from '@/components/ui/tabs';
import { invitationsQuery } from '@/lib/resource-shares/query';
import type { Invitation } from '@/lib/resource-shares/schemas';
import { invitationWords } from '../../_components/shares/invitation-status';
import { AcceptDialog } from './accept-dialog';
import { InvitationTable } from './invitation-table';
import { RejectDialog } from './reject-dialog';

const statuses = ['pending', 'accepted', 'rejected', 'expired', 'cancelled', 'failed'] as const;

export function SharedWithMePage({ region }: { region: string }) {
  const invitations = useQuery(invitationsQuery());
  const [status, setStatus] = useQueryState('status', parseAsStringLiteral(statuses).withDefault('pending'));
  const [answering, setAnswering] = useState<{ answer: 'accept' | 'reject'; invitation: Invitation } | null>(
    null,
  );
  const close = () => setAnswering(null);
  return (
    <>
      <PageHeader
        title="Shared with me"
        description="Invitations to replication target vaults of other accounts. Accept one to keep a second copy of your backups there."
      />
      <Tabs
        label="Invitations by state"
        value={status}
        onValueChange={(next) => void setStatus(next as Invitation['status'])}
        tabs={statuses.map((shown) => {
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
        })}
      />
      {answering?.answer === 'accept' && (
        <AcceptDialog invitation={answering.invitation} region={region} onClose={close} />
      )}
      {answering?.answer === 'reject' && <RejectDialog invitation={answering.invitation} onClose={close} />}
    </>
  );
}
