import type { Metadata } from 'next';
import { VaultPage } from './_components/vault-page';

export const metadata: Metadata = { title: 'Vault' };

export default async function Page({ params }: { params: Promise<{ region: string; vaultId: string }> }) {
  const { region, vaultId } = await params;
  return <VaultPage region={region} vaultId={vaultId} />;
}
