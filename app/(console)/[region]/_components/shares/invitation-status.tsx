'use client';

import { formatDuration, plural } from '@/components/ui/format';
import { Nothing } from '@/components/ui/quantities';
import { Status, type StatusKind } from '@/components/ui/status';
import { useNow } from '@/components/ui/use-now';
import type { Invitation } from '@/lib/resource-shares/schemas';

export const invitationWords: Record<Invitation['status'], { kind: StatusKind; word: string }> = {
  pending: { kind: 'pending', word: 'Pending' },
  accepted: { kind: 'success', word: 'Accepted' },
  rejected: { kind: 'stopped', word: 'Rejected' },
  cancelled: { kind: 'off', word: 'Cancelled' },
  expired: { kind: 'off', word: 'Expired' },
  failed: { kind: 'danger', word: 'Failed' },
};

interface InvitationStatusProps {
  status: Invitation['status'] | null;
  expiresAt: string | null;
  /** What became of it, in a sentence. */
  reason?: string | null;
}

/** The state of an invitation; while it is open, how long it stays so. */
export function InvitationStatus({ status, expiresAt, reason }: InvitationStatusProps) {
  const now = useNow(60_000);
  if (!status) return <Nothing label="Not invited" />;
  const { kind, word } = invitationWords[status];
  const left = now && expiresAt ? (new Date(expiresAt).getTime() - now.getTime()) / 1000 : null;
  return (
    <Status
      kind={kind}
      detail={
        status === 'pending' && left !== null ? `Expires in ${formatDays(left)}` : (reason ?? undefined)
      }
    >
      {word}
    </Status>
  );
}

/** `7 days`, to the nearest; hours on the last one. */
function formatDays(seconds: number): string {
  return seconds < 86_400 ? formatDuration(seconds) : plural(Math.round(seconds / 86_400), 'day');
}
