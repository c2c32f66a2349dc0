import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { listServers } from '@/lib/servers';
import { serversQuery } from '@/lib/servers/query';
import { ServersPage } from './_components/servers-page';

export const metadata: Metadata = { title: 'Servers' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  const filter = { region, limit: 200 };
  return (
    <Prefetched
      reads={[{ queryKey: serversQuery(filter).queryKey, read: (ctx) => listServers(ctx, filter) }]}
    >
      <ServersPage region={region} />
    </Prefetched>
  );
}
