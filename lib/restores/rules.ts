import type { SourceKind } from '@/lib/schemas';
import { restoreKinds } from './kinds';
import type { RestoreDestination } from './schemas';

export type DestinationVerdict = Pick<RestoreDestination, 'eligible' | 'reason' | 'explanation'>;

interface Place {
  region: string;
  revokedAt: Date | null;
}
/** Null while no vault was chosen: then regions are not compared. */
type VaultRegion = string | null;

const fits: DestinationVerdict = { eligible: true, reason: null, explanation: null };

function refuse(reason: NonNullable<DestinationVerdict['reason']>, explanation: string): DestinationVerdict {
  return { eligible: false, reason, explanation };
}

/**
 * Whether a host can take the files of a source of this kind: instances take those of instances, servers those of
 * servers. A server takes them from anywhere, a cloud instance only from a vault in its own region.
 */
export function evaluateDestination(
  client: Place & { placement: 'server' | 'ecs' | 'region' },
  vaultRegion: VaultRegion,
  kind: SourceKind = 'local_file',
): DestinationVerdict {
  const { placement } = restoreKinds[kind];
  if (client.revokedAt)
    return refuse('revoked', 'This client was revoked. Enrol the host again to restore to it.');
  if (placement === null)
    return refuse('other_kind', `${restoreKinds[kind].what} is not restored to the files of a host.`);
  if (placement !== 'any' && placement !== client.placement)
    return refuse(
      'other_kind',
      placement === 'ecs'
        ? 'This is a server. Files of an ECS instance are restored to an ECS instance.'
        : 'This is an ECS instance. Files of a server are restored to a server.',
    );
  if (client.placement === 'ecs' && vaultRegion !== null && client.region !== vaultRegion)
    return refuse(
      'other_region',
      `This ECS instance is in ${client.region} and the vault in ${vaultRegion}. ` +
        `Use an instance in ${vaultRegion}.`,
    );
  return fits;
}

/** Whether a registered source can take a restore of this kind: it is of the same kind, in the region of the vault. */
export function evaluateSource(
  source: Place & { kind: SourceKind },
  vaultRegion: VaultRegion,
  kind: SourceKind,
): DestinationVerdict {
  if (source.revokedAt)
    return refuse('revoked', 'The client that serves this was revoked. Enrol its host again.');
  if (source.kind !== kind)
    return refuse('other_kind', `${restoreKinds[kind].what} is restored to one of the same kind.`);
  if (restoreKinds[kind].isSameRegion && vaultRegion !== null && source.region !== vaultRegion)
    return refuse(
      'other_region',
      `This is in ${source.region} and the vault in ${vaultRegion}. Register one in ${vaultRegion}.`,
    );
  return fits;
}

/** Whether a path lies in the folder that a NAS is mounted at, written without a way out of it. */
export function isInsideMount(mountPath: string, path: string): boolean {
  const mount = mountPath.replace(/\/+$/, '');
  const isPlain = !path.split('/').some((part) => part === '..' || part === '.');
  return isPlain && (path === mount || path.startsWith(`${mount}/`));
}

interface EarlierRestore {
  progress: { transferredBytes: number };
  startedAt: string | null;
  finishedAt: string | null;
}

/**
 * How long so many bytes take at the rate of earlier restores to the same client, all of them together so that small ones
 * weigh little. Null when there are none to go by.
 */
export function estimateRestoreSeconds(bytes: number, earlier: readonly EarlierRestore[]): number | null {
  let [restoredBytes, seconds] = [0, 0];
  for (const { progress, startedAt, finishedAt } of earlier) {
    if (!startedAt || !finishedAt || progress.transferredBytes <= 0) continue;
    restoredBytes += progress.transferredBytes;
    seconds += Math.max(0.001, (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);
  }
  return restoredBytes === 0 ? null : (bytes * seconds) / restoredBytes;
}
