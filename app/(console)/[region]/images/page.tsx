import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { listImages } from '@/lib/images';
import { imagesQuery } from '@/lib/images/query';
import { ImagesPage } from './_components/images-page';

export const metadata: Metadata = { title: 'Images' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  const filter = { region, limit: 200 };
  return (
    <Prefetched reads={[{ queryKey: imagesQuery(filter).queryKey, read: (ctx) => listImages(ctx, filter) }]}>
      <ImagesPage region={region} />
    </Prefetched>
  );
}
