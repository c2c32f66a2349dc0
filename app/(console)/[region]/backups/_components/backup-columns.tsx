import Link from 'next/link';
import type { Column } from '@/components/console/data-table/types';
import { Id } from '@/components/ui/copyable';
import { plural } from '@/components/ui/format';
import { Bytes, Nothing, RelativeTime } from '@/components/ui/quantities';
import type { Backup } from '@/lib/backups/schemas';
import { BackupBadges, BackupState, backupHref, kindWords, stateWords, VaultLink } from './backup-words';

export const backupColumns: Column<Backup>[] = [
  {
    id: 'name',
    header: 'Backup',
    isTitle: true,
    searchText: ({ name, id, source, point }) =>
      [name, id, source.name, source.id, point.vault.name, point.vault.id].join('\n'),
    cell: (backup) => (
      <div className="min-w-0">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link href={backupHref(backup.point.vault.region, backup.id)} className="link wrap-anywhere">
            {backup.name}
          </Link>
          <BackupBadges backup={backup} />
        </span>
        <Id value={backup.id} className="font-normal" />
      </div>
    ),
  },
  {
    id: 'state',
    header: 'State',
    filter: {
      label: 'State',
      options: Object.entries(stateWords).map(([value, { word }]) => ({ value, label: word })),
      valueOf: (backup) => backup.state,
    },
    cell: (backup) => <BackupState state={backup.state} />,
  },
  {
    id: 'kind',
    header: 'Type',
    cell: (backup) => kindWords[backup.kind],
  },
  {
    id: 'source',
    header: 'Server or disk',
    cell: (backup) => (
      <>
        <span className="wrap-anywhere block">{backup.source.name}</span>
        <Id value={backup.source.id} />
      </>
    ),
  },
  {
    id: 'own',
    header: 'Shared',
    filter: {
      label: 'Owner',
      options: [
        { value: 'own', label: 'Own backups' },
        { value: 'shared', label: 'Shared with this account' },
      ],
      valueOf: (backup) => (backup.sharedBy ? 'shared' : 'own'),
    },
    cell: (backup) =>
      backup.sharedBy ? (
        `By ${backup.sharedBy.name}`
      ) : backup.shareCount > 0 ? (
        <Link href={`${backupHref(backup.point.vault.region, backup.id)}?tab=shares`} className="link">
          With {plural(backup.shareCount, 'project')}
        </Link>
      ) : (
        <Nothing label="Not shared" />
      ),
  },
  { id: 'vault', header: 'Vault', cell: (backup) => <VaultLink vault={backup.point.vault} /> },
  { id: 'size', header: 'Size', align: 'end', cell: (backup) => <Bytes value={backup.sizeBytes} /> },
  {
    id: 'added',
    header: 'Added to the vault',
    align: 'end',
    isHiddenAtFirst: true,
    cell: (backup) => <Bytes value={backup.point.addedBytes} />,
  },
  { id: 'captured', header: 'Captured', cell: (backup) => <RelativeTime at={backup.point.createdAt} /> },
  { id: 'expires', header: 'Expires', cell: (backup) => <RelativeTime at={backup.point.expiresAt} /> },
];
