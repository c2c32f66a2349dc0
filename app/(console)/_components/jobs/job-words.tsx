import { sectionHref } from '@/components/console/navigation';
import { formatCount, plural } from '@/components/ui/format';
import { Status, type StatusKind } from '@/components/ui/status';
import { showPath } from '@/lib/backup-points/encoded-path';
import type { Job } from '@/lib/jobs/schemas';
import { destinationWords } from './destination-words';

export const statusWords: Record<Job['status'], { kind: StatusKind; word: string }> = {
  queued: { kind: 'pending', word: 'Queued' },
  running: { kind: 'running', word: 'Running' },
  complete: { kind: 'success', word: 'Complete' },
  partial: { kind: 'warning', word: 'Partial' },
  failed: { kind: 'danger', word: 'Failed' },
  cancelled: { kind: 'stopped', word: 'Cancelled' },
};

export const conflictWords: Record<NonNullable<Job['conflictPolicy']>, { word: string; what: string }> = {
  overwrite: {
    word: 'Overwrite',
    what: 'A file that exists under the same name is replaced by the one from the backup.',
  },
  skip: { word: 'Skip', what: 'A file that exists stays as it is; the one from the backup is left out.' },
  keep_both: {
    word: 'Keep both',
    what: 'A file that exists stays; the one from the backup is written beside it under a new name.',
  },
  only_if_newer: {
    word: 'Only if newer',
    what: 'A file that exists is replaced only when the one from the backup was changed later.',
  },
};

export const isOpen = ({ status }: Job) => status === 'queued' || status === 'running';

export function jobHref(job: Pick<Job, 'id' | 'kind'>, region: string): string {
  return `${sectionHref(region, `${job.kind}-jobs`)}/${job.id}`;
}

/** `/srv/files and 2 more`, or where a restore writes to. */
export function jobSubject(job: Job): string {
  if (job.kind === 'restore') return destinationWords(job);
  const [first = '', ...others] = job.paths;
  if (job.source && first === '/') return job.source.name;
  if (job.source) return `${job.source.name}: ${job.paths.join(', ')}`;
  return others.length > 0 ? `${first} and ${formatCount(others.length)} more` : first;
}

/** The chosen paths of a job as a reader sees them; those of a restore are encoded. */
export function jobPaths(job: Job): string[] {
  return job.kind === 'restore' ? job.paths.map((path) => `/${showPath(path)}`) : job.paths;
}

export function JobStatus({ job, hasDetail }: { job: Job; hasDetail?: boolean }) {
  const { kind, word, detail } = readStatus(job);
  return (
    <Status kind={kind} detail={hasDetail ? detail : undefined}>
      {word}
    </Status>
  );
}

/** The state in a word, its cause and what comes next. */
export function readStatus(job: Job): { kind: StatusKind; word: string; detail: string | null } {
  const { status, client, report } = job;
  const words = statusWords[status];
  if (job.isCancelRequested && isOpen(job))
    return { kind: 'running', word: 'Cancelling', detail: 'Its client has been told to stop.' };
  if (!client.isOnline && status === 'queued')
    return { ...words, detail: `${client.name} is offline. The job starts when it is back.` };
  if (!client.isOnline && status === 'running')
    return {
      kind: 'waiting',
      word: 'Interrupted',
      detail: `${client.name} is offline. The job goes on when it is back.`,
    };
  if (status === 'queued') return { ...words, detail: `${client.name} takes it with its next heartbeat.` };
  if (status === 'partial' && report)
    return { ...words, detail: `${plural(report.skippedCount, 'item')} left out` };
  if (status === 'failed') return { ...words, detail: job.error?.message ?? null };
  return { ...words, detail: null };
}
