import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { getDataSource } from '@/lib/sources';
import { dataSourceQuery } from '@/lib/sources/query';
import { SourcePage } from '../_components/source-page';

export const metadata: Metadata = { title: 'Data source' };

interface PageProps {
  params: Promise<{ region: string; sourceId: string }>;
}

export default async function Page({ params }: PageProps) {
  const { region, sourceId } = await params;
  const { queryKey } = dataSourceQuery(sourceId);
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => getDataSource(ctx, { id: sourceId }) }]}>
      <SourcePage region={region} sourceId={sourceId} />
    </Prefetched>
  );
}
