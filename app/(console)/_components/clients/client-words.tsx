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

export function ClientStatus({ status }: { status: BackupClient['status'] }) {
  const { kind, word } = statusWords[status];
  return <Status kind={kind}>{word}</Status>;
}
