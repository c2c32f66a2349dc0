import Link from 'next/link';
import { backupHref } from '@/app/(console)/[region]/backups/_components/backup-words';
import type { Column } from '@/components/console/data-table/types';
import { TransferProgress } from '@/components/ui/progress';
import { Bytes, RelativeTime } from '@/components/ui/quantities';
import { Status, type StatusKind } from '@/components/ui/status';
import type { BackupCopy } from '@/lib/backup-copies/schemas';
import { waitingSentence } from '@/lib/backup-shares/sentences';
import { regionName } from '@/lib/regions/schemas';

const states: Record<BackupCopy['state'], { word: string; kind: StatusKind }> = {
  copying: { word: 'Copying', kind: 'running' },
  copied: { word: 'Copied', kind: 'success' },
  failed: { word: 'Failed', kind: 'danger' },
  skipped: { word: 'Skipped', kind: 'off' },
};

export function copyColumns(region: string): Column<BackupCopy>[] {
  return [
    {
      id: 'backup',
      header: 'Backup',
      isTitle: true,
      cell: (copy) => (
        <Link href={backupHref(region, copy.sourcePointId)} className="link">
          {copy.backupName}
        </Link>
      ),
    },
    { id: 'state', header: 'State', cell: (copy) => <CopyState copy={copy} /> },
    {
      id: 'vault',
      header: 'Vault',
      cell: ({ vault }) => (
        <div>
          {vault.name}
          <span className="block text-muted text-sm">{regionName(vault.region)}</span>
        </div>
      ),
    },
    { id: 'bytes', header: 'Copied', align: 'end', cell: (copy) => <Bytes value={copy.bytesDone} /> },
    {
      id: 'at',
      header: 'Begun',
      sortValue: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
  ];
}

function CopyState({ copy }: { copy: BackupCopy }) {
  const { word, kind } = states[copy.state];
  if (copy.state !== 'copying') return <Status kind={kind}>{word}</Status>;
  const waiting = waitingSentence(copy.waitingReason);
  if (waiting)
    return (
      <Status kind="waiting" detail={waiting}>
        Waiting
      </Status>
    );
  const { bytesDone, bytesTotal, rateBytesPerSecond } = copy;
  return (
    <div className="min-w-48">
      <TransferProgress
        label={`Copying into ${copy.vault.name}`}
        doneBytes={bytesDone}
        totalBytes={Math.max(bytesTotal, bytesDone)}
        rateBytesPerSecond={rateBytesPerSecond}
        secondsLeft={
          rateBytesPerSecond > 0 ? Math.ceil(Math.max(0, bytesTotal - bytesDone) / rateBytesPerSecond) : null
        }
      />
    </div>
  );
}
