import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { listDisks } from '@/lib/disks';
import { disksQuery } from '@/lib/disks/query';
import { DisksPage } from './_components/disks-page';

export const metadata: Metadata = { title: 'Disks' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  const filter = { region, limit: 200 };
  return (
    <Prefetched reads={[{ queryKey: disksQuery(filter).queryKey, read: (ctx) => listDisks(ctx, filter) }]}>
      <DisksPage region={region} />
    </Prefetched>
  );
}
