'use client';

import { useQuery } from '@tanstack/react-query';
import { CircleStop, FolderOpen } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { LoadFailure } from '@/app/(console)/_components/load-failure';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { Button, ButtonLink } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Id } from '@/components/ui/copyable';
import { Panel } from '@/components/ui/panel';
import { Bytes, Duration, Nothing, Time } from '@/components/ui/quantities';
import { SkeletonText } from '@/components/ui/skeleton';
import { Summary, type SummaryItem } from '@/components/ui/summary';
import { jobQuery } from '@/lib/jobs/query';
import type { Job } from '@/lib/jobs/schemas';
import { JobServer } from '../sources/job-server';
import { CancelJobDialog } from './cancel-job-dialog';
import { destinationItems, hasConflictPolicy } from './destination-words';
import { adviseOn } from './error-advice';
import { JobVault, secondsTaken } from './job-columns';
import { JobProgress } from './job-progress';
import { JobReport } from './job-report';
import { conflictWords, isOpen, JobStatus, jobPaths, jobSubject, readStatus } from './job-words';
import { cancelRefusal } from './jobs-table';

interface JobPageProps {
  region: string;
  jobId: string;
  kind: Job['kind'];
}

/** One job: its progress while it runs, its report afterwards. */
export function JobPage({ region, jobId, kind }: JobPageProps) {
  const job = useQuery(jobQuery(jobId));
  const list = {
    label: `${kind === 'backup' ? 'Backup' : 'Restore'} jobs`,
    href: sectionHref(region, `${kind}-jobs`),
  };
  if (job.data) return <LoadedJob region={region} job={job.data} crumb={list} />;
  return (
    <>
      <PageHeader breadcrumbs={[list, { label: jobId }]} title={kind === 'backup' ? 'Backup' : 'Restore'} />
      <section className="panel">
        {job.error ? (
          <LoadFailure error={job.error} onRetry={() => void job.refetch()} isRetrying={job.isFetching} />
        ) : (
          <div className="p-4">
            <SkeletonText lines={5} />
          </div>
        )}
      </section>
    </>
  );
}

interface LoadedJobProps {
  region: string;
  job: Job;
  crumb: { label: string; href: string };
}

function LoadedJob({ region, job, crumb }: LoadedJobProps) {
  const [isCancelling, setIsCancelling] = useState(false);
  const refusal = useRefusal('backup.run', 'restore');
  const title = `${titleWords(job)} ${jobSubject(job)}`;
  return (
    <>
      <PageHeader
        breadcrumbs={[crumb, { label: job.id }]}
        title={title}
        description={<Id value={job.id} cut="whole" />}
        badge={<JobStatus job={job} />}
        actions={
          isOpen(job) ? (
            <Button
              icon={<CircleStop />}
              disabledReason={refusal ?? cancelRefusal(job)}
              onClick={() => setIsCancelling(true)}
            >
              Cancel {job.kind}
            </Button>
          ) : (
            job.kind === 'backup' &&
            job.pointId && (
              <ButtonLink
                icon={<FolderOpen />}
                href={`${sectionHref(job.vault.region || region, 'backup-points')}/${job.pointId}`}
              >
                Open backup point
              </ButtonLink>
            )
          )
        }
      />
      <div className="flex flex-col gap-5" aria-live="polite">
        <JobState job={job} />
        <Panel title="Summary">
          <Summary items={summaryOf(job, region)} />
          <ChosenPaths job={job} />
        </Panel>
        {job.report && <JobReport job={job} report={job.report} />}
      </div>
      {isCancelling && <CancelJobDialog job={job} onClose={() => setIsCancelling(false)} />}
    </>
  );
}

function titleWords({ kind, isDryRun }: Job): string {
  if (kind === 'backup') return 'Backup of';
  return isDryRun ? 'Dry run of a restore to' : 'Restore to';
}

function JobState({ job }: { job: Job }) {
  const { detail } = readStatus(job);
  if (job.status === 'failed') {
    return (
      <Callout kind="danger" title={job.error?.message ?? 'The job failed.'}>
        {adviseOn(job.error?.code ?? '')}
      </Callout>
    );
  }
  if (job.status === 'cancelled') {
    return (
      <Callout kind="info" title="This job was cancelled.">
        {cancelledWords(job)}
      </Callout>
    );
  }
  if (!isOpen(job)) return null;
  return (
    <Panel>
      <div className="flex flex-col gap-3">
        {job.status === 'running' && <JobProgress job={job} />}
        {detail && <p className="text-muted">{detail}</p>}
      </div>
    </Panel>
  );
}

function cancelledWords({ kind, isDryRun }: Job): string {
  if (kind === 'backup') return 'No backup point was made.';
  return isDryRun ? 'Nothing was written.' : 'What had been written by then stays.';
}

function summaryOf(job: Job, region: string): SummaryItem[] {
  const items: SummaryItem[] = [
    { label: 'Status', value: <JobStatus job={job} hasDetail={job.status === 'partial'} /> },
    {
      label: job.client.isHost ? 'Client' : 'Data source',
      value: <JobServer job={job} region={region} />,
    },
    { label: 'Vault', value: <JobVault job={job} /> },
    { label: 'Started by', value: job.createdBy },
    { label: 'Data', value: <Bytes value={job.progress.bytesDone} /> },
    {
      label: job.kind === 'backup' ? 'Sent, after deduplication' : 'Fetched from the vault',
      value: <Bytes value={job.progress.transferredBytes} />,
    },
    { label: 'Started', value: <Time at={job.startedAt} /> },
    { label: 'Took', value: <Duration seconds={secondsTaken(job)} /> },
  ];
  if (job.kind === 'restore') {
    items.push(
      ...destinationItems(job),
      ...(hasConflictPolicy(job) && job.conflictPolicy
        ? [{ label: 'When something exists', value: conflictWords[job.conflictPolicy].word }]
        : []),
      { label: 'Backup point', value: <PointLink job={job} region={region} /> },
    );
  }
  return items;
}

function PointLink({ job, region }: { job: Job; region: string }) {
  if (!job.pointId) return <Nothing />;
  return (
    <Link
      href={`${sectionHref(job.vault.region || region, 'backup-points')}/${job.pointId}`}
      className="link font-mono"
    >
      {job.pointId}
    </Link>
  );
}

function ChosenPaths({ job }: { job: Job }) {
  const paths = jobPaths(job);
  if (paths.length === 0) return null;
  return (
    <div className="mt-4">
      <p className="text-muted text-sm">{job.kind === 'backup' ? 'Folders' : 'Chosen items'}</p>
      <ul className="mt-0.5 max-h-40 overflow-y-auto font-mono text-sm">
        {paths.map((path) => (
          <li key={path} className="wrap-anywhere">
            {path}
          </li>
        ))}
      </ul>
    </div>
  );
}
