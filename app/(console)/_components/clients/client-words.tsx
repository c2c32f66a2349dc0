import { Status, type StatusKind } from '@/components/ui/status';
import type { BackupClient } from '@/lib/clients/schemas';

export const statusWords: Record<BackupClient['status'], { kind: StatusKind; word: string }> = {
  online: { kind: 'success', word: 'Online' },
  offline: { kind: 'off', word: 'Offline' },
  revoked: { kind: 'danger', word: 'Revoked' },
};

export const placementWords: Record<BackupClient['placement'], string> = {
  server: 'Server',
  ecs: 'ECS instance',
};

export const connectionWords: Record<BackupClient['connection'], string> = {
  internet: 'Internet',
  vpn: 'VPN',
  leased_line: 'Leased line',
};

/** What the connection means for the cost of restores to a server. It is what the administrator says; it changes no route. */
export const connectionCost: Record<BackupClient['connection'], string> = {
  internet:
    'Restores to this host leave the cloud over the Internet: restored bytes are charged to this account.',
  vpn: 'Restores over a VPN are free of charge.',
  leased_line: 'Restores over a leased line are free of charge.',
};

export function ClientStatus({ status }: { status: BackupClient['status'] }) {
  const { kind, word } = statusWords[status];
  return <Status kind={kind}>{word}</Status>;
}
