import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { listClients } from '@/lib/clients';
import { clientsQuery } from '@/lib/clients/query';
import { listJobs } from '@/lib/jobs';
import { jobsQuery } from '@/lib/jobs/query';
import { listNotifications } from '@/lib/notifications';
import { notificationsQuery } from '@/lib/notifications/query';
import { listReplications } from '@/lib/replication';
import { replicationsQuery } from '@/lib/replication/query';
import { listInvitations, listResourceShares } from '@/lib/resource-shares';
import { invitationsQuery, resourceSharesQuery } from '@/lib/resource-shares/query';
import { listVaults } from '@/lib/vaults';
import { allVaultsQuery } from '@/lib/vaults/query';
import { failedJobs, runningJobs } from './_components/overview/job-filters';
import { Overview } from './_components/overview/overview';

export const metadata: Metadata = { title: 'Overview' };

const reads: Parameters<typeof Prefetched>[0]['reads'] = [
  {
    queryKey: allVaultsQuery().queryKey,
    read: async (ctx) => (await listVaults(ctx, { limit: 200 })).items,
  },
  { queryKey: replicationsQuery().queryKey, read: (ctx) => listReplications(ctx, {}) },
  { queryKey: jobsQuery(runningJobs).queryKey, read: (ctx) => listJobs(ctx, runningJobs) },
  { queryKey: jobsQuery(failedJobs).queryKey, read: (ctx) => listJobs(ctx, failedJobs) },
  { queryKey: clientsQuery().queryKey, read: (ctx) => listClients(ctx, {}) },
  { queryKey: invitationsQuery().queryKey, read: (ctx) => listInvitations(ctx, {}) },
  { queryKey: resourceSharesQuery().queryKey, read: (ctx) => listResourceShares(ctx, {}) },
  { queryKey: notificationsQuery().queryKey, read: (ctx) => listNotifications(ctx, {}) },
];

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  return (
    <Prefetched reads={reads}>
      <Overview region={region} />
    </Prefetched>
  );
}
