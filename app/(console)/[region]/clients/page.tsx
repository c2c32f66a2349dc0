import type { Metadata } from 'next';
import { ClientsPage } from './_components/clients-page';

export const metadata: Metadata = { title: 'Clients' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  return <ClientsPage region={region} />;
}
