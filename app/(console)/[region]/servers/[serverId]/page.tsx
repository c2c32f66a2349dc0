import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { getServer } from '@/lib/servers';
import { serverQuery } from '@/lib/servers/query';
import { ServerPage } from '../_components/server-page';

export const metadata: Metadata = { title: 'Server' };

export default async function Page({ params }: { params: Promise<{ region: string; serverId: string }> }) {
  const { region, serverId } = await params;
  const { queryKey } = serverQuery(serverId);
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => getServer(ctx, { id: serverId }) }]}>
      <ServerPage region={region} serverId={serverId} />
    </Prefetched>
  );
}
