'use client';

import Link from 'next/link';
import { Badge } from '@/components/ui/badge';
import { Nothing } from '@/components/ui/quantities';
import { useNow } from '@/components/ui/use-now';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import { policyHref } from './policy-words';

/** Which policy made a point, by which rule, and why it is kept for so long. */
export function PointPolicy({ point, region }: { point: BackupPoint; region: string }) {
  const { policy, isReplica } = point;
  if (!policy) {
    return isReplica ? <Nothing label="A copy belongs to no policy" /> : <>None, made by hand</>;
  }
  return (
    <>
      {policy.isDeleted ? (
        <>{policy.name}, deleted since</>
      ) : (
        <Link href={policyHref(policy.id, region)} className="link underline">
          {policy.name}
        </Link>
      )}
      <span className="block text-muted text-sm">
        {policy.ruleName}. {policy.retentionReason}
      </span>
    </>
  );
}

/** Beside the date of a point that has outlived it. */
export function KeptNewest({ point }: { point: BackupPoint }) {
  const now = useNow(60_000);
  const isKept = point.keepsNewest && now !== null && new Date(point.expiresAt) <= now;
  return isKept && <Badge tone="warning">Kept as the newest</Badge>;
}

/** What a promise to keep the newest point means for its date. */
export function KeptNewestNote({ point }: { point: BackupPoint }) {
  if (!point.keepsNewest) return null;
  return (
    <span className="block text-muted text-sm">
      While it is the newest point of its policy, it stays beyond this date, or until it is deleted by hand.
    </span>
  );
}
