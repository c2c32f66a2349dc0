import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { listResourceShares } from '@/lib/resource-shares';
import { resourceSharesQuery } from '@/lib/resource-shares/query';
import { SharedByMePage } from './_components/shared-by-me-page';

export const metadata: Metadata = { title: 'Shared by me' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  const { queryKey } = resourceSharesQuery();
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => listResourceShares(ctx, {}) }]}>
      <SharedByMePage region={region} />
    </Prefetched>
  );
}
