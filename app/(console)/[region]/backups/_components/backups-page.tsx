'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { HardDrive } from 'lucide-react';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useState } from 'react';
import { DeletePointDialog } from '@/app/(console)/_components/points/delete-point-dialog';
import { DataTable } from '@/components/console/data-table/data-table';
import { useTableUrlState } from '@/components/console/data-table/use-table-url-state';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { ButtonLink } from '@/components/ui/button';
import { Tabs } from '@/components/ui/tabs';
import { receivedBackupSharesQuery } from '@/lib/backup-shares/query';
import { type BackupFilter, backupPagesQuery, backupQuery } from '@/lib/backups/query';
import type { Backup } from '@/lib/backups/schemas';
import { regionName } from '@/lib/regions/schemas';
import { backupColumns } from './backup-columns';
import { ShareBackupDialog } from './share-backup-dialog';
import { useBackupActions } from './use-backup-actions';

const kinds = ['all', 'server', 'disk'] as const;

/** Backups of servers and disks in one region, with their way to be shared. */
export function BackupsPage({ region }: { region: string }) {
  const [kind, setKind] = useQueryState('type', parseAsStringLiteral(kinds).withDefault('all'));
  const received = useQuery(receivedBackupSharesQuery(region));
  const pending = received.data?.items.filter(({ state }) => state === 'pending').length ?? 0;
  return (
    <>
      <PageHeader
        title="Server and disk backups"
        description="What servers and disks held at one moment. Share one with another project of the region, or make a disk or a server from it."
        actions={
          <ButtonLink href={sectionHref(region, 'shared-backups')}>
            Backups shared with me{pending > 0 && ` (${pending})`}
          </ButtonLink>
        }
      />
      <Tabs
        label="Backups by type"
        value={kind}
        onValueChange={(next) => void setKind(next as typeof kind)}
        tabs={[
          { value: 'all', label: 'All backups', content: <BackupTable region={region} kind={null} /> },
          { value: 'server', label: 'Servers', content: <BackupTable region={region} kind="server" /> },
          { value: 'disk', label: 'Disks', content: <BackupTable region={region} kind="disk" /> },
        ]}
      />
    </>
  );
}

function BackupTable({ region, kind }: { region: string; kind: Backup['kind'] | null }) {
  const { state } = useTableUrlState(backupColumns);
  const filter: BackupFilter = {
    region,
    ...(kind && { kind }),
    ...(state.filters.state && { state: state.filters.state as Backup['state'] }),
    ...(state.filters.own && { own: state.filters.own as 'own' | 'shared' }),
    query: state.text,
  };
  const backups = useInfiniteQuery(backupPagesQuery(filter));
  const [open, setOpen] = useState<{ deed: 'share' | 'delete'; backup: Backup } | null>(null);
  const menuOf = useBackupActions(setOpen);
  const close = () => setOpen(null);
  return (
    <>
      <DataTable<Backup>
        id="backups"
        title="Backups"
        noun="backups"
        columns={backupColumns}
        rows={backups.data?.pages.flatMap((page) => page.items)}
        getRowId={(backup) => backup.id}
        getRowName={(backup) => backup.name}
        error={backups.error?.message}
        onRetry={() => void backups.refetch()}
        searchPlaceholder="Find by name, server, disk, vault or id"
        server={{
          total: backups.data?.pages[0]?.total ?? 0,
          hasMore: backups.hasNextPage,
          isLoadingMore: backups.isFetchingNextPage,
          onLoadMore: () => void backups.fetchNextPage(),
        }}
        rowActions={menuOf}
        empty={{
          icon: <HardDrive />,
          title: `No backups of ${kind ? `${kind}s` : 'servers or disks'} in ${regionName(region)} yet`,
          description:
            'Back up a server or a disk into a vault of its type, by hand or by a policy. A backup that another account shares with this one appears here once it is accepted.',
          action: (
            <div className="flex flex-wrap justify-center gap-2">
              {kind !== 'disk' && (
                <ButtonLink href={sectionHref(region, 'servers')} variant="primary">
                  Open servers
                </ButtonLink>
              )}
              {kind !== 'server' && (
                <ButtonLink href={sectionHref(region, 'disks')} variant={kind ? 'primary' : undefined}>
                  Open disks
                </ButtonLink>
              )}
            </div>
          ),
        }}
      />
      {open?.deed === 'share' && <ShareBackupDialog backup={open.backup} onClose={close} />}
      {open?.deed === 'delete' && <DeleteBackup listed={open.backup} onClose={close} />}
    </>
  );
}

/** Somebody else may have shared it since it was listed: whom the deletion reaches is asked anew. */
function DeleteBackup({ listed, onClose }: { listed: Backup; onClose: () => void }) {
  const backup = useQuery({ ...backupQuery(listed.id), staleTime: 0 }).data ?? listed;
  return <DeletePointDialog point={backup.point} shareCount={backup.shareCount} onClose={onClose} />;
}
