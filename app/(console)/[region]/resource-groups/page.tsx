import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { listResourceGroups } from '@/lib/resource-groups';
import { resourceGroupsQuery } from '@/lib/resource-groups/query';
import { ResourceGroupsPage } from './_components/resource-groups-page';

export const metadata: Metadata = { title: 'Resource groups' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  const { queryKey } = resourceGroupsQuery();
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => listResourceGroups(ctx, {}) }]}>
      <ResourceGroupsPage region={region} />
    </Prefetched>
  );
}
