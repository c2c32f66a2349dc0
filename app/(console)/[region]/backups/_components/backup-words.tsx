import Link from 'next/link';
import { sectionHref } from '@/components/console/navigation';
import { Badge } from '@/components/ui/badge';
import { Status, type StatusKind } from '@/components/ui/status';
import type { BackupShareState } from '@/lib/backup-shares/schemas';
import type { Backup } from '@/lib/backups/schemas';

export const kindWords = { server: 'Server backup', disk: 'Disk backup' } as const;
export const sourceWords = { server: 'Server', disk: 'Disk' } as const;

export const stateWords: Record<Backup['state'], { kind: StatusKind; word: string }> = {
  available: { kind: 'success', word: 'Available' },
  restoring: { kind: 'running', word: 'Restoring' },
  deleting: { kind: 'off', word: 'Deleting' },
};

export function BackupState({ state }: { state: Backup['state'] }) {
  return <Status kind={stateWords[state].kind}>{stateWords[state].word}</Status>;
}

export const shareWords: Record<BackupShareState, { kind: StatusKind; word: string }> = {
  pending: { kind: 'pending', word: 'Pending' },
  copying: { kind: 'running', word: 'Being copied' },
  accepted: { kind: 'success', word: 'Accepted' },
  rejected: { kind: 'stopped', word: 'Rejected' },
  cancelled: { kind: 'off', word: 'Cancelled' },
  deleted: { kind: 'off', word: 'Deleted' },
  failed: { kind: 'danger', word: 'Copy failed' },
};

const endings = {
  sharer: 'by its owner',
  recipient: 'by the recipient',
  expiry: 'at the end of its retention',
};

export function ShareState({
  state,
  reason,
  endedBy,
}: {
  state: BackupShareState;
  reason?: string | null;
  endedBy?: keyof typeof endings | null;
}) {
  const ending = state === 'deleted' && endedBy ? `Deleted ${endings[endedBy]}` : undefined;
  return (
    <Status kind={shareWords[state].kind} detail={reason ?? ending}>
      {shareWords[state].word}
    </Status>
  );
}

export function BackupBadges({ backup }: { backup: Pick<Backup, 'isEncrypted' | 'sharedBy'> }) {
  return (
    <>
      {backup.isEncrypted && <Badge>Encrypted</Badge>}
      {backup.sharedBy && <Badge tone="accent">Shared by {backup.sharedBy.name}</Badge>}
    </>
  );
}

export const backupHref = (region: string, id: string) => `${sectionHref(region, 'backups')}/${id}`;

export function VaultLink({ vault }: { vault: { id: string; name: string; region: string } }) {
  return (
    <Link href={`${sectionHref(vault.region, 'vaults')}/${vault.id}`} className="link">
      {vault.name}
    </Link>
  );
}
