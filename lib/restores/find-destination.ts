import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { clients, dataSources } from '@/db/schema';
import { type ClientRow, requireClient } from '@/lib/clients';
import { CrossvaultError, notFound } from '@/lib/errors';
import { requireAbsolutePaths } from '@/lib/jobs';
import type { RestoreTarget } from '@/lib/jobs/schemas';
import type { SourceKind } from '@/lib/schemas';
import { restoreKinds, unrestorableKinds } from './kinds';
import { type DestinationVerdict, evaluateDestination, evaluateSource } from './rules';
import type { StartRestore } from './schemas';

type Wanted = Pick<z.output<typeof StartRestore>, 'clientId' | 'destination'>;

interface FoundDestination {
  client: ClientRow;
  /** Of the registered source; null for a host's own files. */
  sourceName: string | null;
  target: RestoreTarget;
}

/** The client that will write, once the destination fits the point's kind and the vault's region. */
export async function requireDestination(
  tx: Tx,
  accountId: string,
  wanted: Wanted,
  from: { kind: SourceKind; region: string },
): Promise<FoundDestination> {
  const { destination: target } = wanted;
  if (target.kind === 'vmware') throw refusal(unrestorableKinds.vmware, 'destination.kind');
  const rule = restoreKinds[from.kind];
  if (target.kind !== rule.target) {
    const explanation = `${rule.what} is restored to a destination of its own kind: ${rule.target}.`;
    throw refusal({ reason: 'other_kind', explanation }, 'destination.kind');
  }
  if (target.kind === 'host') {
    const client = await requireHost(tx, accountId, wanted.clientId);
    requireEligible(evaluateDestination(client, from.region, from.kind), 'clientId');
    requireAbsolutePaths({ 'destination.targetPath': target.targetPath }, client.platform);
    return { client, sourceName: null, target };
  }
  if (target.kind === 'disks') throw refusal(ofDisks, 'destination.kind');
  const { source, client } = await requireSource(tx, accountId, target.sourceId);
  const place = { kind: source.kind, region: client.region, revokedAt: client.revokedAt };
  requireEligible(evaluateSource(place, from.region, from.kind), 'destination.sourceId');
  return { client, sourceName: source.name, target };
}

const ofDisks = {
  reason: 'made_from_backup',
  explanation:
    'A disk or a server is made from its backup: create a disk, an image or a server from it under Backups.',
};

function requireHost(tx: Tx, accountId: string, clientId: string | undefined): Promise<ClientRow> {
  if (clientId) return requireClient(tx, accountId, clientId);
  throw new CrossvaultError('invalid_input', 'Choose the host that is restored to. Nothing was changed.', {
    fields: { clientId: 'Choose a destination.' },
  });
}

async function requireSource(tx: Tx, accountId: string, id: string) {
  const [found] = await tx
    .select({ source: dataSources, client: clients })
    .from(dataSources)
    .innerJoin(
      clients,
      and(eq(clients.accountId, dataSources.accountId), eq(clients.id, dataSources.clientId)),
    )
    .where(and(eq(dataSources.accountId, accountId), eq(dataSources.id, id)))
    .for('share');
  if (!found) throw notFound('data source');
  return found;
}

function requireEligible(verdict: DestinationVerdict, field: string): void {
  if (!verdict.eligible) throw refusal(verdict, field);
}

function refusal(
  { reason, explanation }: { reason: string | null; explanation: string | null },
  field: string,
): CrossvaultError {
  const why = explanation ?? '';
  return new CrossvaultError('not_eligible', why, { reason: reason ?? undefined, fields: { [field]: why } });
}
