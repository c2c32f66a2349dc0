import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { clients, dataSources } from '@/db/schema';
import type { OfferedSource } from '@/lib/engine/wire';
import { notFound } from '@/lib/errors';
import type { SourceKind } from '@/lib/schemas';
import { SourceConfig } from '@/lib/sources/schemas';
import { DisksDestination } from './destinations/disks';
import type { JobRow } from './internal';
import { sourceKindOf } from './rules';
import { BackupSpec } from './schemas';

export type SourceRow = typeof dataSources.$inferSelect;

/** A source of the account with its client, held until the transaction ends. @throws `not_found`. */
export async function getSourceWithClient(tx: Tx, accountId: string, id: string) {
  const [found] = await tx
    .select({ source: dataSources, client: clients })
    .from(dataSources)
    .innerJoin(clients, eq(clients.id, dataSources.clientId))
    .where(and(eq(dataSources.accountId, accountId), eq(dataSources.id, id)))
    .for('share');
  if (!found) throw notFound('data source');
  return found;
}

/** The kind of what a spec backs up. @throws `not_found` for a source that was removed. */
export async function kindOfBackup(tx: Tx, accountId: string, spec: BackupSpec): Promise<SourceKind> {
  if (!spec.sourceId) return sourceKindOf(spec);
  return (await getSourceWithClient(tx, accountId, spec.sourceId)).source.kind;
}

/** What its client is told of a registered source, without its secret; null for what comes with the client. */
export function toOfferedSource(source: SourceRow): OfferedSource | null {
  const config = SourceConfig.safeParse(source.config);
  if (!config.success) return null;
  const { id, kind, name, region } = source;
  return { id, kind, name, region, config: config.data, secret: null, place: null };
}

/** The registered source that a job reads or writes, or null. */
export async function findJobSource(tx: Tx, job: JobRow): Promise<OfferedSource | null> {
  const target = diskTargetOf(job);
  if (target) return target;
  const id = sourceIdOf(job);
  if (!id) return null;
  return toOfferedSource((await getSourceWithClient(tx, job.accountId, id)).source);
}

function sourceIdOf({ kind, spec }: JobRow): string | undefined {
  if (kind === 'backup') return BackupSpec.parse(spec).sourceId;
  return (spec as { destination?: { sourceId?: string } }).destination?.sourceId;
}

/** Files of disk pools are told of by what they belong to. */
function diskTargetOf({ kind, spec }: JobRow): OfferedSource | null {
  const destination = kind === 'restore' ? (spec as { destination?: unknown }).destination : null;
  const parsed = DisksDestination.safeParse(destination);
  if (!parsed.success) return null;
  const { resourceId } = parsed.data;
  const config = { kind: 'disk' as const, diskId: resourceId };
  return { id: null, kind: 'disk', name: resourceId, region: '', config, secret: null, place: null };
}
