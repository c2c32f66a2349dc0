import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { type ClientRow, requireClient } from '@/lib/clients';
import { CrossvaultError } from '@/lib/errors';
import { getSourceWithClient, requireAbsolutePaths } from '@/lib/jobs';
import type { RestoreTarget } from '@/lib/jobs/schemas';
import type { SourceKind } from '@/lib/schemas';
import { SourceConfig } from '@/lib/sources/schemas';
import { madeFromBackup, restoreKinds, unrestorableKinds } from './kinds';
import { type DestinationVerdict, evaluateDestination, evaluateSource, isInsideMount } from './rules';
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
  if (target.kind === 'host' && rule.placement !== null) {
    const client = await requireHost(tx, accountId, wanted.clientId);
    requireEligible(evaluateDestination(client, from.region, from.kind), 'clientId');
    requireAbsolutePaths({ 'destination.targetPath': target.targetPath }, client.platform);
    return { client, sourceName: null, target: { kind: 'host', targetPath: target.targetPath } };
  }
  if (target.kind === 'disks') throw refusal(madeFromBackup, 'destination.kind');
  const { source, client } = await getSourceWithClient(tx, accountId, requireSourceId(target));
  const place = { kind: source.kind, region: client.region, revokedAt: client.revokedAt };
  requireEligible(evaluateSource(place, from.region, from.kind), 'destination.sourceId');
  if (target.kind === 'host') requireInsideMount(target.targetPath, source.config);
  return { client, sourceName: source.name, target };
}

function requireSourceId({ sourceId }: { sourceId?: string }): string {
  if (sourceId) return sourceId;
  throw new CrossvaultError('invalid_input', 'Choose the registered NAS that is restored to.', {
    fields: { 'destination.sourceId': 'Choose a registered NAS.' },
  });
}

function requireInsideMount(targetPath: string, config: unknown): void {
  const parsed = SourceConfig.parse(config);
  const mountPath = parsed.kind === 'common_nas' ? parsed.mountPath : '/';
  if (isInsideMount(mountPath, targetPath)) return;
  const why = `Choose a folder below ${mountPath}, where this NAS is mounted.`;
  throw new CrossvaultError('invalid_input', why, { fields: { 'destination.targetPath': why } });
}

function requireHost(tx: Tx, accountId: string, clientId: string | undefined): Promise<ClientRow> {
  if (clientId) return requireClient(tx, accountId, clientId);
  throw new CrossvaultError('invalid_input', 'Choose the host that is restored to. Nothing was changed.', {
    fields: { clientId: 'Choose a destination.' },
  });
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
