import { and, asc, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { clients, dataSources, vaults } from '@/db/schema';
import { isHost, isOnline } from '@/lib/clients';
import { CrossvaultError, notFound } from '@/lib/errors';
import type { SourceKind } from '@/lib/schemas';
import { readVerb } from '@/lib/verb';
import { madeFromBackup, restoreKinds, unrestorableKinds } from './kinds';
import { evaluateDestination, evaluateSource } from './rules';
import { ListRestoreDestinations, type RestoreDestination } from './schemas';

interface Asked {
  tx: Tx;
  accountId: string;
  kind: SourceKind;
  vaultRegion: string | null;
  now: Date;
}

/**
 * What a point of one kind can be restored to, those that can be chosen first, online before offline: hosts for files,
 * registered sources of the same kind for the others.
 */
export const listRestoreDestinations = readVerb({
  action: 'restores.list_destinations',
  permission: 'clients.read',
  input: ListRestoreDestinations,
  async run({ ctx, tx, input: { vaultId, kind }, now }) {
    if (kind === 'vmware') throw refusal(unrestorableKinds.vmware);
    if (restoreKinds[kind].target === 'disks') throw refusal(madeFromBackup);
    const vaultRegion = vaultId ? await getRegion(tx, ctx.accountId, vaultId) : null;
    const asked = { tx, accountId: ctx.accountId, kind, vaultRegion, now };
    const items = restoreKinds[kind].placement ? await listHosts(asked) : await listSources(asked);
    const rank = (item: RestoreDestination) => (item.eligible ? 0 : 2) + (item.isOnline ? 0 : 1);
    return { items: items.sort((a, b) => rank(a) - rank(b)) };
  },
});

function refusal({ reason, explanation }: { reason: string; explanation: string }): CrossvaultError {
  return new CrossvaultError('not_eligible', explanation, { reason });
}

async function getRegion(tx: Tx, accountId: string, id: string): Promise<string> {
  const [vault] = await tx
    .select({ region: vaults.region })
    .from(vaults)
    .where(and(eq(vaults.accountId, accountId), eq(vaults.id, id)));
  if (!vault) throw notFound('vault');
  return vault.region;
}

async function listHosts({ tx, accountId, kind, vaultRegion, now }: Asked): Promise<RestoreDestination[]> {
  const rows = await tx
    .select()
    .from(clients)
    .where(and(eq(clients.accountId, accountId), isHost))
    .orderBy(asc(clients.name), asc(clients.id));
  return rows.map((client) => ({
    clientId: client.id,
    sourceId: null,
    name: client.name,
    place: '',
    platform: client.platform,
    placement: client.placement,
    region: client.region,
    isOnline: isOnline(client, now),
    ...evaluateDestination(client, vaultRegion, kind),
  }));
}

async function listSources({ tx, accountId, kind, vaultRegion, now }: Asked): Promise<RestoreDestination[]> {
  const rows = await tx
    .select({ source: dataSources, client: clients })
    .from(dataSources)
    .innerJoin(
      clients,
      and(eq(clients.accountId, dataSources.accountId), eq(clients.id, dataSources.clientId)),
    )
    .where(and(eq(dataSources.accountId, accountId), eq(dataSources.kind, kind)))
    .orderBy(asc(dataSources.name), asc(dataSources.id));
  return rows.map(({ source, client }) => {
    const { region, revokedAt, placement } = client;
    return {
      clientId: client.id,
      sourceId: source.id,
      name: source.name,
      place: source.item,
      platform: client.platform,
      placement,
      region,
      isOnline: isOnline(client, now),
      ...evaluateSource({ kind: source.kind, region, revokedAt }, vaultRegion, kind),
    };
  });
}
