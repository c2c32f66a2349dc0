'use client';

import { useQuery } from '@tanstack/react-query';
import { PageHeader } from '@/components/console/page-header';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { ErrorState } from '@/components/ui/error-state';
import { Skeleton, SkeletonText } from '@/components/ui/skeleton';
import { useNow } from '@/components/ui/use-now';
import { meQuery } from '@/lib/accounts/query';
import { ConcernList } from './concern-list';
import { FirstRunChecklist } from './first-run-checklist';
import { listConcerns } from './list-concerns';
import { planChecklist } from './plan-checklist';
import { RecentEvents } from './recent-events';
import { ReplicationList } from './replication-list';
import { RunningJobs } from './running-jobs';
import { Totals } from './totals';
import { useOverview } from './use-overview';

export function Overview({ region }: { region: string }) {
  const account = useQuery(meQuery()).data?.account;
  const { data, shown, error, retry } = useOverview();
  const now = useNow(60_000);
  return (
    <div className="max-w-[1440px]">
      <PageHeader
        title="Overview"
        description="How far the copies are behind, what runs, and what needs you. All regions of the account."
      />
      {error && data && (
        <Callout
          kind="danger"
          className="mb-4"
          action={
            <Button size="sm" onClick={retry}>
              Try again
            </Button>
          }
        >
          Some of this may be out of date. {error.message}
        </Callout>
      )}
      {!data && error && (
        <section className="panel">
          <ErrorState onRetry={retry}>{error.message}</ErrorState>
        </section>
      )}
      {!data && !error && <LoadingOverview />}
      {data && shown && account && now && (
        <div className="flex flex-col gap-4">
          <FirstRunChecklist roads={planChecklist({ region, ...data })} accountId={account.id} />
          <Totals vaults={shown.vaults} replications={shown.replications} />
          <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_22rem]">
            <div className="flex min-w-0 flex-col gap-4">
              <RunningJobs jobs={shown.running} region={region} />
              <ReplicationList replications={shown.replications} region={region} />
            </div>
            <div className="flex min-w-0 flex-col gap-4">
              <ConcernList concerns={listConcerns({ region, now, jobs: data.failed, ...data })} />
              <RecentEvents notifications={data.notifications} />
            </div>
          </div>
        </div>
      )}
    </div>
  );
}

function LoadingOverview() {
  return (
    <div className="flex flex-col gap-4">
      <div className="panel p-4">
        <Skeleton className="h-14" />
      </div>
      <div className="panel p-4">
        <SkeletonText lines={6} />
      </div>
    </div>
  );
}
