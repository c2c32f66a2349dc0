'use client';

import { useQuery } from '@tanstack/react-query';
import { CalendarX2, Hand, HandHelping } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusals } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import type { Column } from '@/components/console/data-table/types';
import { sectionHref } from '@/components/console/navigation';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { useFlash } from '@/components/ui/flash';
import { formatBytes, plural } from '@/components/ui/format';
import { Bytes, RelativeTime, Time } from '@/components/ui/quantities';
import { Status } from '@/components/ui/status';
import { replicaRemovalsQuery } from '@/lib/replica-removals/query';
import type { ReplicaRemoval, ReplicaRemovalList } from '@/lib/replica-removals/schemas';
import type { Vault } from '@/lib/vaults/schemas';
import { holdReplicaRemovalsAction } from '../../actions';
import { ReleaseDialog } from './release-dialog';
import type { VaultTabProps } from './vault-detail';

/** What the source has archived and what therefore leaves this vault, when, and the holds on it. */
export function RemovalsTab({ vault }: VaultTabProps) {
  const removals = useQuery(replicaRemovalsQuery(vault.id));
  const refuse = useRefusals();
  const { show } = useFlash();
  /** Null for the whole vault. */
  const [released, setReleased] = useState<{ points: ReplicaRemoval[] | null } | null>(null);
  const hold = useAction(holdReplicaRemovalsAction, (_, { pointIds }) => {
    const what = pointIds ? plural(pointIds.length, 'replica') : `Everything in ${vault.name}`;
    show({
      kind: 'success',
      title: `${what} is held.`,
      detail: 'Nothing of it is removed until it expires.',
    });
  });
  const list = removals.data;
  return (
    <div className="flex flex-col gap-4">
      <Explanation vault={vault} list={list} />
      {hold.error && <Callout kind="danger">{hold.error.message}</Callout>}
      <DataTable<ReplicaRemoval>
        id="replica-removals"
        urlPrefix="removals."
        title="Removals to come"
        noun="removals"
        columns={columnsOf(vault, list?.vaultHold ?? null)}
        rows={list?.items}
        getRowId={(removal) => removal.pointId}
        getRowName={(removal) => `${removal.sourceName}, ${removal.createdAt}`}
        error={removals.error?.message}
        onRetry={() => void removals.refetch()}
        defaultSort={{ columnId: 'removeAt', isDescending: false }}
        searchPlaceholder="Find by data source or id"
        actions={
          list?.vaultHold ? (
            <Button
              icon={<HandHelping />}
              disabledReason={refuse('removals.release')}
              onClick={() => setReleased({ points: null })}
            >
              Release vault
            </Button>
          ) : (
            <Button
              icon={<Hand />}
              isLoading={hold.isPending}
              disabledReason={refuse('removals.hold')}
              onClick={() => hold.send({ vaultId: vault.id })}
            >
              Hold vault
            </Button>
          )
        }
        rowActions={(removal) => [
          removal.held
            ? {
                label: 'Release removal',
                icon: <HandHelping />,
                disabledReason: refuse('removals.release'),
                onSelect: () => setReleased({ points: [removal] }),
              }
            : {
                label: 'Hold removal',
                icon: <Hand />,
                disabledReason: refuse('removals.hold'),
                onSelect: () => hold.send({ vaultId: vault.id, pointIds: [removal.pointId] }),
              },
        ]}
        empty={{
          icon: <CalendarX2 />,
          title: 'No removals to come',
          description:
            'When a point is archived in the source vault, its copy is listed here before it leaves this vault.',
        }}
      />
      {released && list && (
        <ReleaseDialog vault={vault} list={list} points={released.points} onClose={() => setReleased(null)} />
      )}
    </div>
  );
}

function Explanation({ vault, list }: { vault: Vault; list: ReplicaRemovalList | undefined }) {
  const days = vault.guard?.days ?? 0;
  const isOver = vault.replication?.state === 'stopped';
  if (isOver) {
    return (
      <Callout>
        The replication was stopped: nothing that happens in the source vault removes anything here any more.
      </Callout>
    );
  }
  if (list?.vaultHold) {
    const { at, by } = list.vaultHold;
    return (
      <Callout kind="warning" title="All removals of this vault are held">
        By {by}, <RelativeTime at={at} />. What the source archives stays here until it expires or the vault
        is released.
      </Callout>
    );
  }
  return (
    <Callout>
      The archive of a source vault is not replicated: what is archived there leaves this vault{' '}
      {days === 0 ? 'at once' : `after ${plural(days, 'guard day')}`}. Hold it to keep it.
      {list && list.total > 0 && (
        <>
          {' '}
          {plural(list.total, 'replica')} with {formatBytes(list.totalSourceBytes)} of source data{' '}
          {list.total === 1 ? 'is' : 'are'} listed.
        </>
      )}
    </Callout>
  );
}

function columnsOf(vault: Vault, vaultHold: ReplicaRemovalList['vaultHold']): Column<ReplicaRemoval>[] {
  return [
    {
      id: 'created',
      header: 'Backup point',
      isTitle: true,
      sortValue: (removal) => removal.createdAt,
      searchText: (removal) => `${removal.sourceName} ${removal.pointId}`,
      cell: (removal) => (
        <Link
          href={`${sectionHref(vault.region, 'backup-points')}/${removal.pointId}`}
          className="link block w-fit"
        >
          <Time at={removal.createdAt} />
        </Link>
      ),
    },
    { id: 'source', header: 'Data source', cell: (removal) => removal.sourceName },
    {
      id: 'size',
      header: 'Source data',
      align: 'end',
      sortValue: (removal) => removal.sourceBytes,
      cell: (removal) => <Bytes value={removal.sourceBytes} />,
    },
    {
      id: 'archivedAt',
      header: 'Archived at the source',
      sortValue: (removal) => removal.archivedAt,
      cell: (removal) => <RelativeTime at={removal.archivedAt} />,
    },
    {
      id: 'removeAt',
      header: 'Removed',
      sortValue: (removal) => removal.removeAt,
      cell: (removal) => <Time at={removal.removeAt} />,
    },
    {
      id: 'hold',
      header: 'Hold',
      sortValue: (removal) => Number(removal.held !== null),
      cell: (removal) => <HoldCell removal={removal} isVaultHeld={vaultHold !== null} />,
    },
  ];
}

function HoldCell({ removal, isVaultHeld }: { removal: ReplicaRemoval; isVaultHeld: boolean }) {
  if (removal.held) {
    return (
      <Status kind="success" detail={`By ${removal.held.by}`}>
        Held
      </Status>
    );
  }
  if (isVaultHeld) return <Status kind="success">Held with the vault</Status>;
  return <Status kind="pending">Will be removed</Status>;
}
