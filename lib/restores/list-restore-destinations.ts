import { and, asc, eq } from 'drizzle-orm';
import { clients, vaults } from '@/db/schema';
import { isOnline } from '@/lib/clients';
import { notFound } from '@/lib/errors';
import { readVerb } from '@/lib/verb';
import { evaluateDestination } from './rules';
import { ListRestoreDestinations, type RestoreDestination } from './schemas';

/** Every client of the account, those that can take a restore from this vault first, online before offline. */
export const listRestoreDestinations = readVerb({
  action: 'restores.list_destinations',
  permission: 'clients.read',
  input: ListRestoreDestinations,
  async run({ ctx, tx, input, now }) {
    const [vault] = await tx
      .select({ region: vaults.region })
      .from(vaults)
      .where(and(eq(vaults.accountId, ctx.accountId), eq(vaults.id, input.vaultId)));
    if (!vault) throw notFound('vault');
    const rows = await tx
      .select()
      .from(clients)
      .where(eq(clients.accountId, ctx.accountId))
      .orderBy(asc(clients.name), asc(clients.id));
    const items = rows.map(
      (client): RestoreDestination => ({
        clientId: client.id,
        name: client.name,
        placement: client.placement,
        region: client.region,
        isOnline: isOnline(client, now),
        ...evaluateDestination(client, vault.region),
      }),
    );
    const rank = (item: RestoreDestination) => (item.eligible ? 0 : 2) + (item.isOnline ? 0 : 1);
    return { items: items.sort((a, b) => rank(a) - rank(b)) };
  },
});
