'use client';

import { useQuery } from '@tanstack/react-query';
import { Panel } from '@/components/ui/panel';
import { keyGrantsQuery } from '@/lib/key-grants/query';
import { KeyGrantList } from './key-grant-list';

/** Keys of other accounts that this one may have opened for it. */
export function ReceivedGrants() {
  const grants = useQuery(keyGrantsQuery({ direction: 'received' }));
  return (
    <Panel
      title="Keys shared with this account"
      description="The engine opens backups with them that were shared with this account, while it copies them. They can be used for nothing else."
    >
      <KeyGrantList
        grants={grants.data?.items}
        error={grants.error?.message}
        nameOf={({ owner, grantee }) => ({ ...owner, projectId: grantee.projectId })}
        empty="No account shares a key with this one. An encrypted backup can be accepted once its owner shares the key."
        onRetired={() => void grants.refetch()}
      />
    </Panel>
  );
}
