'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { CircleStop, ExternalLink } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useGroupEmpty } from '@/app/(console)/_components/use-group-empty';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import type { EmptyContent } from '@/components/console/data-table/types';
import { useTableUrlState } from '@/components/console/data-table/use-table-url-state';
import { useResourceGroup } from '@/components/console/use-resource-group';
import { jobPagesQuery } from '@/lib/jobs/query';
import type { Job } from '@/lib/jobs/schemas';
import { CancelJobDialog } from './cancel-job-dialog';
import { jobColumns } from './job-columns';
import { isOpen, jobHref, jobSubject, statusWords } from './job-words';

interface JobsTableProps {
  id: string;
  title: string;
  region: string;
  kind?: Job['kind'];
  clientId?: string;
  sourceId?: string;
  empty: EmptyContent;
  actions?: ReactNode;
  urlPrefix?: string;
}

/** Jobs newest first, with their live progress. */
export function JobsTable(props: JobsTableProps) {
  const { id, title, region, kind, clientId, sourceId, empty, actions, urlPrefix } = props;
  const isOfOne = clientId !== undefined || sourceId !== undefined;
  const columns = useMemo(() => jobColumns(region, isOfOne, kind === 'restore'), [region, isOfOne, kind]);
  const { state } = useTableUrlState(columns, urlPrefix);
  const [group] = useResourceGroup();
  const filter = {
    kind,
    clientId,
    sourceId,
    resourceGroupId: group ?? undefined,
    status: state.filters.status ?? undefined,
    sourceKind: (state.filters.kind as Job['sourceKind']) ?? undefined,
    query: state.text,
  };
  const jobs = useInfiniteQuery(jobPagesQuery(filter));
  const [cancelled, setCancelled] = useState<Job | null>(null);
  const refusal = useRefusal('backup.run', 'restore');
  return (
    <>
      <DataTable<Job>
        id={id}
        title={title}
        noun="jobs"
        columns={columns}
        rows={jobs.data?.pages.flatMap((page) => page.items)}
        getRowId={(job) => job.id}
        getRowName={jobSubject}
        error={jobs.error?.message}
        onRetry={() => void jobs.refetch()}
        empty={useGroupEmpty('jobs', empty)}
        actions={actions}
        urlPrefix={urlPrefix}
        searchPlaceholder="Find by path, client, vault or id"
        rowActions={(job) => [
          { label: 'Open job', icon: <ExternalLink />, href: jobHref(job, region) },
          {
            label: 'Cancel job',
            icon: <CircleStop />,
            onSelect: () => setCancelled(job),
            disabledReason: refusal ?? cancelRefusal(job),
          },
        ]}
        server={{
          total: jobs.data?.pages[0]?.total ?? 0,
          hasMore: jobs.hasNextPage,
          isLoadingMore: jobs.isFetchingNextPage,
          onLoadMore: () => void jobs.fetchNextPage(),
        }}
      />
      {cancelled && <CancelJobDialog job={cancelled} onClose={() => setCancelled(null)} />}
    </>
  );
}

/** Why a job cannot be cancelled now, or null. */
export function cancelRefusal(job: Job): string | null {
  if (!isOpen(job)) return `This job is ${statusWords[job.status].word.toLowerCase()}.`;
  return job.isCancelRequested ? 'It is being cancelled.' : null;
}
