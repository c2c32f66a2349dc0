import type { Column } from '@/components/console/data-table/types';
import { Id } from '@/components/ui/copyable';
import { Nothing, RelativeTime } from '@/components/ui/quantities';
import type { ResourceShare } from '@/lib/resource-shares/schemas';
import { InvitationStatus } from '../../_components/shares/invitation-status';

const shownPrincipals = 3;

export function shareColumns(onOpen: (shareId: string) => void): Column<ResourceShare>[] {
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
          ...share.principals.flatMap(({ id, name }) => [id, name ?? '']),
        ].join('\n'),
      cell: (share) => (
        <>
          <button type="button" className="link wrap-anywhere text-left" onClick={() => onOpen(share.id)}>
            {share.name}
          </button>
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
      id: 'principals',
      header: 'Principals and invitations',
      sortValue: (share) => share.principals.length,
      cell: (share) => <Principals share={share} />,
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
          <span className="min-w-0 truncate">{principal.name ?? principal.id}</span>
          <InvitationStatus status={principal.invitationStatus} expiresAt={principal.expiresAt} />
        </li>
      ))}
      {more > 0 && <li className="text-muted">and {more} more</li>}
    </ul>
  );
}
