import { formatBytes } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import type { Backup } from '@/lib/backups/schemas';

/** The disks in a backup, in the order in which a server is given them. */
export function BackupDisks({ backup }: { backup: Backup }) {
  return (
    <Panel title="Disks" description="Every disk as it was at the moment of the backup.">
      <ul className="divide-y divide-line">
        {backup.disks.map((disk) => (
          <li
            key={disk.position}
            className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 py-2.5"
          >
            <span className="min-w-0">
              <span className="wrap-anywhere font-medium">{disk.name}</span>
              <span className="block text-muted text-sm">
                {roleOf(backup.kind, disk.position)}
                {disk.isEncrypted && ', encrypted'}
              </span>
            </span>
            <span className="text-muted tabular-nums">
              {formatBytes(disk.dataBytes)} of data in {formatBytes(disk.sizeBytes)}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function roleOf(kind: Backup['kind'], position: number): string {
  if (kind === 'disk') return 'Disk';
  return position === 0 ? 'System disk' : `Data disk ${position}`;
}
