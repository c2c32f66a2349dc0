import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { listDataSources } from '@/lib/sources';
import { dataSourcesQuery } from '@/lib/sources/query';
import { DataSourcesPage } from './_components/data-sources-page';

export const metadata: Metadata = { title: 'Data sources' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  const { queryKey } = dataSourcesQuery();
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => listDataSources(ctx, {}) }]}>
      <DataSourcesPage region={region} />
    </Prefetched>
  );
}
