import Link from 'next/link';
import { sectionHref } from '@/components/console/navigation';
import { Callout } from '@/components/ui/callout';
import { TransferProgress } from '@/components/ui/progress';
import { Time } from '@/components/ui/quantities';
import type { BackupPoint } from '@/lib/backup-points/schemas';

/** What is about to happen to a point: its way to the archive, or a replica's removal. */
export function PointMoves({ point }: { point: BackupPoint }) {
  const { archiving, removal, vault } = point;
  return (
    <>
      {archiving?.error && (
        <Callout kind="warning" title="Its archiving waits">
          {archiving.error} It is tried again by itself; the point stays restorable in the standard tier.
        </Callout>
      )}
      {archiving && !archiving.error && (
        <section aria-label="Archiving" className="panel p-4">
          <TransferProgress
            label="Moving to the archive"
            doneBytes={archiving.bytesDone}
            totalBytes={archiving.bytesTotal > 0 ? archiving.bytesTotal : null}
            rateBytesPerSecond={archiving.rateBytesPerSecond}
            secondsLeft={secondsLeft(archiving)}
          />
        </section>
      )}
      {removal && (
        <Callout
          kind="warning"
          title={removal.heldAt ? 'Its removal is held' : 'This copy will be removed'}
          action={
            <Link
              href={`${sectionHref(vault.region, 'vaults')}/${vault.id}?tab=removals`}
              className="link underline"
            >
              Removals to come
            </Link>
          }
        >
          It was archived in its source vault.{' '}
          {removal.heldAt ? (
            'It stays until the hold is released or it expires.'
          ) : (
            <>
              It goes <Time at={removal.removeAt} />, unless it is held.
            </>
          )}
        </Callout>
      )}
    </>
  );
}

function secondsLeft({
  bytesDone,
  bytesTotal,
  rateBytesPerSecond,
}: NonNullable<BackupPoint['archiving']>): number | null {
  if (rateBytesPerSecond <= 0 || bytesTotal <= bytesDone) return null;
  return Math.ceil((bytesTotal - bytesDone) / rateBytesPerSecond);
}
