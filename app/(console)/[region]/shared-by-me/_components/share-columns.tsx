import Link from 'next/link';
import type { Column } from '@/components/console/data-table/types';
import { sectionHref } from '@/components/console/navigation';
import { Id } from '@/components/ui/copyable';
import { Nothing, RelativeTime } from '@/components/ui/quantities';
import { Status } from '@/components/ui/status';
import type { ResourceShare } from '@/lib/resource-shares/schemas';
import { InvitationStatus } from '../../_components/shares/invitation-status';
import { associationWords, keyName, principalName } from '../../_components/shares/principal-words';

const shownPrincipals = 3;

export const shareHref = (region: string, shareId: string) =>
  `${sectionHref(region, 'shared-by-me')}/${shareId}`;

export function shareColumns(region: string): Column<ResourceShare>[] {
  return [
    {
      id: 'name',
      header: 'Resource share',
      isTitle: true,
      sortValue: (share) => share.name,
      searchText: (share) =>
        [
          share.name,
          share.id,
          ...share.vaults.flatMap(({ id, name }) => [id, name]),
          ...share.keys.flatMap(({ id, alias }) => [id, alias ?? '']),
          ...share.principals.flatMap(({ id, name }) => [id, name ?? '']),
        ].join('\n'),
      cell: (share) => (
        <>
          <Link className="link wrap-anywhere" href={shareHref(region, share.id)}>
            {share.name}
          </Link>
          <Id value={share.id} className="flex font-normal" />
        </>
      ),
    },
    {
      id: 'vaults',
      header: 'Vaults',
      sortValue: (share) => share.vaults.length,
      cell: (share) =>
        share.vaults.length > 0 ? share.vaults.map(({ name }) => name).join(', ') : <Nothing />,
    },
    {
      id: 'keys',
      header: 'Keys',
      sortValue: (share) => share.keys.length,
      cell: (share) =>
        share.keys.length > 0 ? (
          <span className="wrap-anywhere">{share.keys.map(keyName).join(', ')}</span>
        ) : (
          <Nothing />
        ),
    },
    {
      id: 'principals',
      header: 'Principals',
      sortValue: (share) => share.principals.length,
      cell: (share) => <Principals share={share} />,
    },
    {
      id: 'state',
      header: 'State',
      sortValue: (share) => share.status,
      cell: (share) => <ShareState share={share} />,
    },
    {
      id: 'replications',
      header: 'Running replications',
      align: 'end',
      sortValue: (share) => share.activeReplications.length,
      cell: (share) => share.activeReplications.length,
    },
    {
      id: 'permission',
      header: 'Permission',
      isHiddenAtFirst: true,
      cell: (share) => <span className="font-mono">{share.permission}</span>,
    },
    {
      id: 'created',
      header: 'Created',
      sortValue: (share) => share.createdAt,
      cell: (share) => <RelativeTime at={share.createdAt} />,
    },
  ];
}

function Principals({ share }: { share: ResourceShare }) {
  const more = share.principals.length - shownPrincipals;
  return (
    <ul className="flex flex-col gap-1">
      {share.principals.slice(0, shownPrincipals).map((principal) => (
        <li key={principal.id} className="flex flex-wrap gap-x-3">
          <span className="min-w-0 truncate">{principalName(principal)}</span>
          {principal.isExternal && principal.status !== 'associated' ? (
            <InvitationStatus status={principal.invitationStatus} expiresAt={principal.expiresAt} />
          ) : (
            <Status kind={associationWords[principal.status].kind}>
              {associationWords[principal.status].word}
            </Status>
          )}
        </li>
      ))}
      {more > 0 && <li className="text-muted">and {more} more</li>}
    </ul>
  );
}

export function ShareState({ share }: { share: ResourceShare }) {
  if (share.status === 'active') return <Status kind="success">Active</Status>;
  if (share.status === 'deleted') return <Status kind="off">Deleted</Status>;
  return (
    <Status kind="running" detail="What was being copied is put down">
      Deleting
    </Status>
  );
}
