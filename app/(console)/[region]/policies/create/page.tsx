import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { listDataSources } from '@/lib/sources';
import { dataSourcesQuery } from '@/lib/sources/query';
import { CreatePolicyPage } from '../_components/form/create-policy-page';

export const metadata: Metadata = { title: 'Create policy' };

interface PageProps {
  params: Promise<{ region: string }>;
  searchParams: Promise<{ source?: string | string[] }>;
}

export default async function Page({ params, searchParams }: PageProps) {
  const [{ region }, { source }] = [await params, await searchParams];
  const { queryKey } = dataSourcesQuery();
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => listDataSources(ctx, {}) }]}>
      <CreatePolicyPage region={region} sourceId={typeof source === 'string' ? source : null} />
    </Prefetched>
  );
}
