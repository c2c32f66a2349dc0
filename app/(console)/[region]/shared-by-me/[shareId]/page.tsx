import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { getResourceShare } from '@/lib/resource-shares';
import { resourceShareQuery } from '@/lib/resource-shares/query';
import { SharePage } from './_components/share-page';

export const metadata: Metadata = { title: 'Resource share' };

export default async function Page({ params }: { params: Promise<{ region: string; shareId: string }> }) {
  const { region, shareId } = await params;
  const { queryKey } = resourceShareQuery(shareId);
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => getResourceShare(ctx, { id: shareId }) }]}>
      <SharePage region={region} shareId={shareId} />
    </Prefetched>
  );
}
