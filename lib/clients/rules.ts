import type { BackupClient } from './schemas';

/** A client is online while its last heartbeat is no older than this. */
export const onlineSeconds = 30;
export const enrolmentHours = 1;

/** How people read it where a job or a source names what works for it. */
export function regionClientName(region: string): string {
  return `Crossvault in ${region}`;
}

export function isOnline(
  client: { lastHeartbeatAt: Date | null; revokedAt: Date | null },
  now: Date,
): boolean {
  if (client.revokedAt || !client.lastHeartbeatAt) return false;
  return now.getTime() - client.lastHeartbeatAt.getTime() <= onlineSeconds * 1000;
}

export function clientStatus(
  client: { lastHeartbeatAt: Date | null; revokedAt: Date | null },
  now: Date,
): BackupClient['status'] {
  if (client.revokedAt) return 'revoked';
  return isOnline(client, now) ? 'online' : 'offline';
}

/** The line to paste on the host. Every part is made here and needs no quoting in a shell. */
export function enrolCommand(server: string, token: string, pin: string): string {
  return `crossvault enrol --server ${server} --token ${token} --pin sha256:${pin}`;
}
