import type { Tx } from '@/db/client';
import { getPointRow } from '@/lib/backup-points';
import { getSourceWithClient } from '@/lib/jobs';
import type { RestoreTarget } from '@/lib/jobs/schemas';
import { askAbout } from '@/lib/sources';
import { SourceConfig } from '@/lib/sources/schemas';
import { writeVerb } from '@/lib/verb';
import { requireDestination } from './find-destination';
import { CheckDestination } from './schemas';

/** Asks who would write whether a restore to this destination could begin now. Read the answer under the question's id. */
export const checkDestination = writeVerb({
  action: 'restores.check_destination',
  permission: 'restore.run',
  input: CheckDestination,
  async run({ ctx, tx, input: { pointId, ...wanted }, now, audit }) {
    const { accountId } = ctx;
    const { point, vault } = await getPointRow(tx, accountId, pointId);
    const from = { kind: point.sourceKind, region: vault.region };
    const { client, target } = await requireDestination(tx, accountId, wanted, from);
    const source = 'sourceId' in target ? await toAsked(tx, accountId, target.sourceId) : null;
    await audit({
      resourceKind: 'backup_point',
      resourceId: pointId,
      resourceName: point.sourceName,
      after: { clientId: client.id, clientName: client.name, destination: target },
    });
    const about = { source, path: pathInside(target, source?.config ?? null) };
    return askAbout(tx, ctx, { client, ask: 'destination', about, now });
  },
});

async function toAsked(tx: Tx, accountId: string, sourceId: string | undefined) {
  if (!sourceId) return null;
  const { source } = await getSourceWithClient(tx, accountId, sourceId);
  const { id, kind, name, region, config } = source;
  return { id, kind, name, region, config: SourceConfig.parse(config) };
}

/** What of the destination is asked about: of a mounted NAS the way down from its mount. */
function pathInside(target: RestoreTarget, config: SourceConfig | null): string {
  switch (target.kind) {
    case 'host':
      return config?.kind === 'common_nas'
        ? target.targetPath.slice(config.mountPath.replace(/\/+$/, '').length) || '/'
        : target.targetPath;
    case 'file_system':
      return target.path;
    case 'oss':
      return target.prefix;
    default:
      return '/';
  }
}
