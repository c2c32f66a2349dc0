import { Bytes } from '@/components/ui/quantities';
import { Summary } from '@/components/ui/summary';
import type { ReplicaEstimate } from '@/lib/billing/estimates';
import { formatMoney, type Money } from '@/lib/billing/money';

interface ReplicaCostProps {
  estimate: ReplicaEstimate;
  /** Between one region and itself no traffic is charged. */
  isSameRegion: boolean;
}

/** What a replica would cost the owner of its target, line by line. */
export function ReplicaCost({ estimate, isSameRegion }: ReplicaCostProps) {
  const traffic = (cost: Money, bytes: number, label: string) => ({
    label,
    value: isSameRegion ? (
      'Free within one region'
    ) : (
      <>
        {formatMoney(cost)} for <Bytes value={bytes} />
      </>
    ),
  });
  return (
    <Summary
      columns={2}
      className="rounded-md bg-sunken p-3"
      items={[
        traffic(estimate.firstCopyCost, estimate.firstCopyBytes, 'First copy, once'),
        traffic(estimate.monthlyTrafficCost, estimate.monthlyTrafficBytes, 'Traffic, 30 days'),
        {
          label: 'Storage, 30 days at this size',
          value: (
            <>
              {formatMoney(estimate.monthlyStorageCost)} for <Bytes value={estimate.firstCopyBytes} />
            </>
          ),
        },
        {
          label: 'Storage, 30 days a month from now',
          value: (
            <>
              {formatMoney(estimate.monthlyStorageCostInAMonth)} for{' '}
              <Bytes value={estimate.storedBytesInAMonth} />
            </>
          ),
        },
      ]}
    />
  );
}
