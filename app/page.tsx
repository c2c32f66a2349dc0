import { redirect } from 'next/navigation';
import { requirePageContext } from '@/lib/api/context';
import { defaultRegionId } from '@/lib/regions/schemas';
import { listVaults } from '@/lib/vaults';

/** Opens the region of the account's newest vault, so that nobody lands in an empty list beside their data. */
export default async function RootPage() {
  const ctx = await requirePageContext();
  // Nothing is read with a one-time password; the region's page asks for another one.
  if (ctx.actor.isPasswordTemporary) redirect(`/${defaultRegionId()}`);
  const { items } = await listVaults(ctx, { limit: 1 });
  redirect(`/${items[0]?.region ?? defaultRegionId()}`);
}
