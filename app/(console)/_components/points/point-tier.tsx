import { Badge } from '@/components/ui/badge';
import { formatPercent } from '@/components/ui/format';
import { Time } from '@/components/ui/quantities';
import { Status } from '@/components/ui/status';
import type { BackupPoint } from '@/lib/backup-points/schemas';

/** Where a point lies: in one word, with how far it is while it moves. */
export function PointTier({ point }: { point: BackupPoint }) {
  const { archiving, tier, archiveAt } = point;
  if (tier === 'archive') return <Badge tone="accent">Archive</Badge>;
  if (archiving?.error) {
    return (
      <Status kind="warning" detail={archiving.error}>
        Archiving waits
      </Status>
    );
  }
  if (archiving) {
    const { bytesDone, bytesTotal } = archiving;
    const share = bytesTotal > 0 ? ` ${formatPercent(bytesDone / bytesTotal)}` : '';
    return <Status kind="running">Archiving{share}</Status>;
  }
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      <Badge>Standard</Badge>
      {archiveAt && (
        <span className="text-muted text-sm">
          archived <Time at={archiveAt} />
        </span>
      )}
    </span>
  );
}
