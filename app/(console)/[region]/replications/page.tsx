import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { listReplications } from '@/lib/replication';
import { replicationsQuery } from '@/lib/replication/query';
import { ReplicationsPage } from './_components/replications-page';

export const metadata: Metadata = { title: 'Replications' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  const { queryKey } = replicationsQuery();
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => listReplications(ctx, {}) }]}>
      <ReplicationsPage region={region} />
    </Prefetched>
  );
}
