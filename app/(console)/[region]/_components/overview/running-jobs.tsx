import Link from 'next/link';
import { JobProgress } from '@/app/(console)/_components/jobs/job-progress';
import { JobStatus, jobHref } from '@/app/(console)/_components/jobs/job-words';
import { Panel } from '@/components/ui/panel';
import type { Job } from '@/lib/jobs/schemas';

/** Jobs that are queued or run now, with what was measured last. */
export function RunningJobs({ jobs, region }: { jobs: Job[]; region: string }) {
  if (jobs.length === 0) return null;
  return (
    <Panel title="Running jobs" isFlush>
      <ul className="divide-y divide-line">
        {jobs.map((job) => (
          <li key={job.id} className="flex flex-col gap-2 px-4 py-3">
            <div className="flex flex-wrap items-baseline justify-between gap-x-4">
              <Link href={jobHref(job, region)} className="link wrap-anywhere font-medium">
                {job.kind === 'backup'
                  ? `Backup of ${job.client.name} into ${job.vault.name}`
                  : `Restore from ${job.vault.name} to ${job.client.name}`}
              </Link>
              <JobStatus job={job} hasDetail />
            </div>
            {job.status === 'running' && <JobProgress job={job} />}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
