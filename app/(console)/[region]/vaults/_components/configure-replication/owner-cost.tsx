'use client';

import { useQuery } from '@tanstack/react-query';
import { FieldGroup } from '@/components/ui/field';
import { formatBytes } from '@/components/ui/format';
import { SkeletonText } from '@/components/ui/skeleton';
import { estimateReplica } from '@/lib/billing/estimates';
import { priceListQuery } from '@/lib/billing/query';
import { vaultGrowthQuery } from '@/lib/replication/query';
import type { ReplicationTarget } from '@/lib/replication/schemas';
import type { Vault } from '@/lib/vaults/schemas';
import { ReplicaCost } from '../replica-cost';

/** What this vault, at its real size and growth, comes to for the owner of the target. */
export function OwnerCost({ source, target }: { source: Vault; target: ReplicationTarget }) {
  const prices = useQuery(priceListQuery());
  const growth = useQuery(vaultGrowthQuery(source.id));
  const measured = growth.data?.items[0];
  const payer = target.isOwn ? 'this account' : target.ownerName;
  const failure = prices.error ?? growth.error;
  return (
    <FieldGroup
      legend={`Estimate for ${payer}`}
      hint={
        measured
          ? measured.growthBytesPerDay === null
            ? `From ${formatBytes(measured.storedBytes)} stored here now; growth is told once there are points of more than a day.`
            : `From ${formatBytes(measured.storedBytes)} stored here now and ${formatBytes(measured.growthBytesPerDay)} new each day, measured over the last 30 days. ${target.isOwn ? 'This account pays.' : 'Your account pays nothing.'}`
          : undefined
      }
    >
      {prices.data && measured ? (
        <ReplicaCost
          estimate={estimateReplica(prices.data, {
            storedBytes: measured.storedBytes,
            growthBytesPerDay: measured.growthBytesPerDay ?? 0,
            fromRegion: source.region,
            toRegion: target.region,
          })}
          isSameRegion={source.region === target.region}
        />
      ) : failure ? (
        <p className="text-muted text-sm">{failure.message}</p>
      ) : (
        <SkeletonText lines={2} />
      )}
    </FieldGroup>
  );
}
