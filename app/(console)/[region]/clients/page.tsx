import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { listClients } from '@/lib/clients';
import { clientsQuery } from '@/lib/clients/query';
import { ClientsPage } from './_components/clients-page';

export const metadata: Metadata = { title: 'Clients' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  const { queryKey } = clientsQuery();
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => listClients(ctx, {}) }]}>
      <ClientsPage region={region} />
    </Prefetched>
  );
}
