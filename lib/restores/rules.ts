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
