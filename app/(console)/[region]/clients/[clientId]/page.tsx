import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { getClient } from '@/lib/clients';
import { clientQuery } from '@/lib/clients/query';
import { ClientPage } from '../_components/client-page';

export const metadata: Metadata = { title: 'Client' };

interface PageProps {
  params: Promise<{ region: string; clientId: string }>;
}

export default async function Page({ params }: PageProps) {
  const { region, clientId } = await params;
  const { queryKey } = clientQuery(clientId);
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => getClient(ctx, { id: clientId }) }]}>
      <ClientPage region={region} clientId={clientId} />
    </Prefetched>
  );
}
