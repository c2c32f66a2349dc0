import type { RestoreDestination } from './schemas';

export type DestinationVerdict = Pick<RestoreDestination, 'eligible' | 'reason' | 'explanation'>;

/** A server's client takes a restore from anywhere; a cloud instance's only from a vault in its own region. */
export function evaluateDestination(
  client: { placement: 'server' | 'ecs'; region: string; revokedAt: Date | null },
  vaultRegion: string,
): DestinationVerdict {
  if (client.revokedAt) {
    return {
      eligible: false,
      reason: 'revoked',
      explanation: 'This client was revoked. Enrol the host again to restore to it.',
    };
  }
  if (client.placement === 'ecs' && client.region !== vaultRegion) {
    return {
      eligible: false,
      reason: 'other_region',
      explanation:
        `This ECS instance is in ${client.region} and the vault in ${vaultRegion}. ` +
        `Create an instance in ${vaultRegion}, or restore to a server.`,
    };
  }
  return { eligible: true, reason: null, explanation: null };
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
