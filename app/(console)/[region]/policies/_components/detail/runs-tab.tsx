'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { useMemo } from 'react';
import { runWords } from '@/app/(console)/_components/policies/policy-words';
import { DataTable } from '@/components/console/data-table/data-table';
import type { Column } from '@/components/console/data-table/types';
import { useTableUrlState } from '@/components/console/data-table/use-table-url-state';
import { formatUtc } from '@/components/ui/format';
import { policyRunPagesQuery } from '@/lib/policies/query';
import type { Policy, PolicyRun } from '@/lib/policies/schemas';
import { runColumns } from './run-columns';

const urlPrefix = 'runs_';

/** What became of each run, with the job and the point of those that began and the reason for those that did not. */
export function RunsTab({ policy, region }: { policy: Policy; region: string }) {
  const columns = useMemo(() => withFilter(runColumns(region)), [region]);
  const { state } = useTableUrlState(columns, urlPrefix);
  const runs = useInfiniteQuery(
    policyRunPagesQuery({ policyId: policy.id, ...(state.filters.state && { state: state.filters.state }) }),
  );
  return (
    <DataTable<PolicyRun>
      id="policy-runs"
      title="Runs"
      noun="runs"
      columns={columns}
      rows={runs.data?.pages.flatMap((page) => page.items)}
      getRowId={(run) => run.id}
      getRowName={(run) => `${run.source.name}, ${formatUtc(new Date(run.runAt))}`}
      error={runs.error?.message}
      onRetry={() => void runs.refetch()}
      urlPrefix={urlPrefix}
      server={{
        total: runs.data?.pages[0]?.total ?? 0,
        hasMore: runs.hasNextPage,
        isLoadingMore: runs.isFetchingNextPage,
        onLoadMore: () => void runs.fetchNextPage(),
      }}
      empty={{
        icon: <History />,
        title: 'It has not run yet',
        description: 'Each run is listed here with its outcome, and each missed one with the reason.',
      }}
    />
  );
}

function withFilter(columns: Column<PolicyRun>[]): Column<PolicyRun>[] {
  return columns.map((column) =>
    column.id === 'state'
      ? {
          ...column,
          filter: {
            label: 'Outcome',
            options: Object.entries(runWords).map(([value, { word }]) => ({ value, label: word })),
            valueOf: (run) => run.state,
          },
        }
      : column,
  );
}
