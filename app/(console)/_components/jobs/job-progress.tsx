'use client';

import { formatBytes, formatCount, formatPercent, formatRate, formatTimeLeft } from '@/components/ui/format';
import { Progress, TransferProgress } from '@/components/ui/progress';
import { Nothing } from '@/components/ui/quantities';
import type { Job } from '@/lib/jobs/schemas';
import { useProgressMoment } from './use-progress-moment';

/** Measured bytes, files, rate and time left of a running job. */
export function JobProgress({ job }: { job: Job }) {
  const { progress } = job;
  return (
    <div className="flex flex-col gap-2">
      <TransferProgress
        label={job.kind === 'backup' ? 'Reading and sending' : 'Fetching and writing'}
        doneBytes={progress.bytesDone}
        totalBytes={progress.bytesTotal}
        doneFiles={progress.itemsDone}
        totalFiles={progress.itemsTotal}
        rateBytesPerSecond={progress.rateBytesPerSecond}
        secondsLeft={progress.secondsLeft}
        lastProgressAt={useProgressMoment(job)}
      />
      {progress.currentItem && (
        <p className="truncate text-muted text-sm" title={progress.currentItem}>
          Now at <span className="font-mono">{progress.currentItem}</span>
        </p>
      )}
    </div>
  );
}

/** The same in two lines, for a row of a table. */
export function JobProgressCell({ job }: { job: Job }) {
  const { bytesDone, bytesTotal, itemsDone, rateBytesPerSecond, secondsLeft } = job.progress;
  if (job.status === 'queued') return <Nothing label="Not started" />;
  if (job.status !== 'running') {
    return (
      <span className="text-muted tabular-nums">
        {formatBytes(bytesDone)} · {formatCount(itemsDone)} files
      </span>
    );
  }
  const fraction = bytesTotal === null ? null : bytesTotal === 0 ? 0 : bytesDone / bytesTotal;
  const pace = [
    rateBytesPerSecond ? formatRate(rateBytesPerSecond) : null,
    secondsLeft === null ? null : formatTimeLeft(secondsLeft),
  ].filter(Boolean);
  return (
    <div className="flex w-full min-w-44 max-w-72 flex-col gap-1">
      <Progress label={`Progress of ${job.id}`} fraction={fraction} />
      <span className="text-muted tabular-nums">
        {fraction === null ? `${formatBytes(bytesDone)}, counting` : formatPercent(fraction)}
        {pace.length > 0 && ` · ${pace.join(' · ')}`}
      </span>
    </div>
  );
}
