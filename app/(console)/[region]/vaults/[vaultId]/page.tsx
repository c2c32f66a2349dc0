import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { getVault } from '@/lib/vaults';
import { vaultQuery } from '@/lib/vaults/query';
import { VaultPage } from './_components/vault-page';

export const metadata: Metadata = { title: 'Vault' };

export default async function Page({ params }: { params: Promise<{ region: string; vaultId: string }> }) {
  const { region, vaultId } = await params;
  const { queryKey } = vaultQuery(vaultId);
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => getVault(ctx, { id: vaultId }) }]}>
      <VaultPage region={region} vaultId={vaultId} />
    </Prefetched>
  );
}
