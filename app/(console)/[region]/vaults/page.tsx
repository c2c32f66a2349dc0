import type { Metadata } from 'next';
import { VaultsPage } from './_components/vaults-page';

export const metadata: Metadata = { title: 'Vault management' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  return <VaultsPage region={region} />;
}
