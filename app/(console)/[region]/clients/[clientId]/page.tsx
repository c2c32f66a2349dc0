import type { Metadata } from 'next';
import { ClientPage } from '../_components/client-page';

export const metadata: Metadata = { title: 'Client' };

interface PageProps {
  params: Promise<{ region: string; clientId: string }>;
}

export default async function Page({ params }: PageProps) {
  const { region, clientId } = await params;
  return <ClientPage region={region} clientId={clientId} />;
}
