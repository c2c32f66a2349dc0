'use client';

import { useQuery } from '@tanstack/react-query';
import { Copy, Inbox, KeyRound, LogOut } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { keyName } from '@/app/(console)/[region]/_components/shares/principal-words';
import { DataTable } from '@/components/console/data-table/data-table';
import type { Column } from '@/components/console/data-table/types';
import { sectionHref } from '@/components/console/navigation';
import { Badge } from '@/components/ui/badge';
import { Id } from '@/components/ui/copyable';
import { Nothing, RelativeTime } from '@/components/ui/quantities';
import { regionName } from '@/lib/regions/schemas';
import { receivedSharesQuery } from '@/lib/resource-shares/query';
import type { ReceivedShare } from '@/lib/resource-shares/schemas';
import { LeaveShareDialog } from './leave-share-dialog';

/** The shares that reach this account now. */
export function ReceivedShareTable({ region }: { region: string }) {
  const shares = useQuery(receivedSharesQuery());
  const refusal = useRefusal('shares.manage', 'stop');
  const [leaving, setLeaving] = useState<ReceivedShare | null>(null);
  const columns = useMemo(() => listColumns(), []);
  return (
    <>
      <DataTable<ReceivedShare>
        id="received-shares"
        urlPrefix="shares"
        title="Resource shares"
        noun="resource shares"
        columns={columns}
        rows={shares.data?.items}
        getRowId={({ id }) => id}
        getRowName={({ name }) => name}
        error={shares.error?.message}
        onRetry={() => void shares.refetch()}
        defaultSort={{ columnId: 'since', isDescending: true }}
        searchPlaceholder="Find by share, account, vault or key"
        rowActions={(share) => [
          {
            label: 'Choose a vault to replicate',
            icon: <Copy />,
            disabledReason: share.vaults.length > 0 ? null : 'This share holds no vault.',
            href: `${sectionHref(region, 'vaults')}?kind=standard`,
          },
          {
            label: 'Open backups shared with me',
            icon: <KeyRound />,
            disabledReason: share.keys.length > 0 ? null : 'This share holds no key.',
            href: sectionHref(region, 'shared-backups'),
          },
          {
            label: 'Leave resource share',
            icon: <LogOut />,
            isDanger: true,
            startsGroup: true,
            disabledReason:
              refusal ??
              (share.isExternal
                ? null
                : 'It reaches this account inside the resource directory. Its owner ends it, or the management account.'),
            onSelect: () => setLeaving(share),
          },
        ]}
        empty={{
          icon: <Inbox />,
          title: 'Nothing is shared with this account',
          description:
            'Shares that were accepted appear here, and those that reach this account inside its resource directory. Give the owner of a target vault the account UID from the top bar.',
        }}
      />
      {leaving && <LeaveShareDialog share={leaving} onClose={() => setLeaving(null)} />}
    </>
  );
}

const throughWords = { account: 'This account', directory: 'The resource directory', folder: 'A folder' };

function listColumns(): Column<ReceivedShare>[] {
  return [
    {
      id: 'share',
      header: 'Resource share',
      isTitle: true,
      sortValue: ({ name }) => name,
      searchText: ({ name, id, owner, vaults, keys }) =>
        [
          name,
          id,
          owner.name,
          owner.accountId,
          ...vaults.flatMap((vault) => [vault.name, vault.id]),
          ...keys.flatMap((key) => [key.alias ?? '', key.id]),
        ].join('\n'),
      cell: ({ name, id }) => (
        <>
          <span className="wrap-anywhere block">{name}</span>
          <Id value={id} className="font-normal" />
        </>
      ),
    },
    {
      id: 'owner',
      header: 'From',
      sortValue: ({ owner }) => owner.name,
      cell: ({ owner }) => (
        <>
          <span className="block">{owner.name}</span>
          <Id value={owner.accountId} cut="whole" />
        </>
      ),
    },
    {
      id: 'vaults',
      header: 'Vaults',
      sortValue: ({ vaults }) => vaults.length,
      cell: ({ vaults }) =>
        vaults.length === 0 ? (
          <Nothing />
        ) : (
          <ul>
            {vaults.map((vault) => (
              <li key={vault.id}>
                {vault.name} <span className="text-muted text-sm">{regionName(vault.region)}</span>
              </li>
            ))}
          </ul>
        ),
    },
    {
      id: 'keys',
      header: 'Keys',
      sortValue: ({ keys }) => keys.length,
      cell: ({ keys }) =>
        keys.length === 0 ? (
          <Nothing />
        ) : (
          <ul>
            {keys.map((key) => (
              <li key={key.id} className="wrap-anywhere">
                {keyName(key)}{' '}
                {key.state !== 'enabled' && <span className="text-muted text-sm">{key.state}</span>}
              </li>
            ))}
          </ul>
        ),
    },
    {
      id: 'through',
      header: 'Shared with',
      cell: ({ through, isExternal }) => (
        <>
          <span className="block">{throughWords[through.type]}</span>
          {isExternal ? (
            <Badge>By invitation</Badge>
          ) : through.type === 'account' ? (
            <Badge tone="accent">Inside the directory</Badge>
          ) : (
            <Id value={through.id} />
          )}
        </>
      ),
    },
    {
      id: 'permission',
      header: 'Permission',
      isHiddenAtFirst: true,
      cell: ({ permission }) => <span className="wrap-anywhere font-mono">{permission}</span>,
    },
    {
      id: 'since',
      header: 'Since',
      sortValue: ({ since }) => since,
      cell: ({ since }) => <RelativeTime at={since} />,
    },
  ];
}
