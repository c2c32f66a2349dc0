import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { getDisk } from '@/lib/disks';
import { diskQuery } from '@/lib/disks/query';
import { DiskPage } from '../_components/disk-page';

export const metadata: Metadata = { title: 'Disk' };

export default async function Page({ params }: { params: Promise<{ region: string; diskId: string }> }) {
  const { region, diskId } = await params;
  return (
    <Prefetched
      reads={[{ queryKey: diskQuery(diskId).queryKey, read: (ctx) => getDisk(ctx, { id: diskId }) }]}
    >
      <DiskPage region={region} diskId={diskId} />
    </Prefetched>
  );
}
