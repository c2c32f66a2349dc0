import Link from 'next/link';
import type { Column } from '@/components/console/data-table/types';
import { sectionHref } from '@/components/console/navigation';
import { Badge } from '@/components/ui/badge';
import { Id } from '@/components/ui/copyable';
import { Duration, Nothing, RelativeTime } from '@/components/ui/quantities';
import type { Job } from '@/lib/jobs/schemas';
import { regionName } from '@/lib/regions/schemas';
import { sourceKinds } from '@/lib/sources/schemas';
import { JobServer } from '../sources/job-server';
import { restoreKindWord } from './destination-words';
import { JobProgressCell } from './job-progress';
import { JobStatus, jobHref, jobSubject, statusWords } from './job-words';

const statusOptions = [
  { value: 'queued,running', label: 'In progress' },
  ...Object.entries(statusWords)
    .filter(([status]) => status !== 'queued' && status !== 'running')
    .map(([value, { word }]) => ({ value, label: word })),
];

const kindColumn: Column<Job> = {
  id: 'kind',
  header: 'Data source',
  filter: {
    label: 'Data source',
    options: Object.entries(sourceKinds).map(([value, { word }]) => ({ value, label: word })),
    valueOf: (job) => job.sourceKind ?? '',
  },
  cell: restoreKindWord,
};

/** The server filters and orders: newest first. */
export function jobColumns(region: string, isOfOne: boolean, isOfRestores: boolean): Column<Job>[] {
  const columns: Column<Job>[] = [
    {
      id: 'job',
      header: 'Job',
      isTitle: true,
      searchText: jobSubject,
      cell: (job) => (
        <div className="min-w-0">
          <Link href={jobHref(job, region)} className="link wrap-anywhere block w-fit">
            {jobSubject(job)}
          </Link>
          <span className="flex flex-wrap items-center gap-1.5 font-normal">
            <Id value={job.id} />
            {job.isDryRun && <Badge>Dry run</Badge>}
          </span>
        </div>
      ),
    },
    {
      id: 'status',
      header: 'Status',
      filter: { label: 'Status', options: statusOptions, valueOf: (job) => job.status },
      cell: (job) => <JobStatus job={job} hasDetail />,
    },
    ...(isOfRestores ? [kindColumn] : []),
    { id: 'progress', header: 'Progress', cell: (job) => <JobProgressCell job={job} /> },
    {
      id: 'client',
      header: 'Client or source',
      cell: (job) => <JobServer job={job} region={region} />,
    },
    { id: 'vault', header: 'Vault', cell: (job) => <JobVault job={job} /> },
    { id: 'created', header: 'Started', cell: (job) => <RelativeTime at={job.startedAt ?? job.createdAt} /> },
    {
      id: 'took',
      header: 'Took',
      align: 'end',
      cell: (job) => <Duration seconds={secondsTaken(job)} />,
    },
    { id: 'by', header: 'Started by', isHiddenAtFirst: true, cell: (job) => job.createdBy },
    {
      id: 'region',
      header: 'Vault’s region',
      isHiddenAtFirst: true,
      cell: (job) => (job.vault.region ? regionName(job.vault.region) : <Nothing label="Vault deleted" />),
    },
  ];
  return isOfOne ? columns.filter((column) => column.id !== 'client') : columns;
}

export function secondsTaken({ startedAt, finishedAt }: Job): number | null {
  if (!startedAt || !finishedAt) return null;
  return (new Date(finishedAt).getTime() - new Date(startedAt).getTime()) / 1000;
}

/** The vault with its kind where that matters; a job outlives its vault. */
export function JobVault({ job }: { job: Job }) {
  const { vault } = job;
  return (
    <span className="inline-flex flex-wrap items-center gap-1.5">
      {vault.region ? (
        <Link href={`${sectionHref(vault.region, 'vaults')}/${vault.id}`} className="link wrap-anywhere">
          {vault.name}
        </Link>
      ) : (
        <span className="text-muted">{vault.name}, deleted</span>
      )}
      {vault.kind === 'replication_target' && <Badge tone="target">Second copy</Badge>}
    </span>
  );
}
