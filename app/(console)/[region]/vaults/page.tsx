import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import type { Context } from '@/lib/context';
import { listVaults } from '@/lib/vaults';
import { allVaultsQuery } from '@/lib/vaults/query';
import { VaultsPage } from './_components/vaults-page';

export const metadata: Metadata = { title: 'Vault management' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  const { queryKey } = allVaultsQuery(region);
  const read = async (ctx: Context) => (await listVaults(ctx, { region, limit: 200 })).items;
  return (
    <Prefetched reads={[{ queryKey, read }]}>
      <VaultsPage region={region} />
    </Prefetched>
  );
}
