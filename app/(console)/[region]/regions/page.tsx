import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { listRegionStorage } from '@/lib/storage';
import { regionStorageQuery } from '@/lib/storage/query';
import { RegionsPage } from './_components/regions-page';

export const metadata: Metadata = { title: 'Regions' };

export default function Page() {
  const { queryKey } = regionStorageQuery();
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => listRegionStorage(ctx, {}) }]}>
      <RegionsPage />
    </Prefetched>
  );
}
