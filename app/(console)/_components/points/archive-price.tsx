'use client';

import { useQuery } from '@tanstack/react-query';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import { estimateMonthlyStorageCost } from '@/lib/billing/estimates';
import { formatMoney } from '@/lib/billing/money';
import { priceListQuery } from '@/lib/billing/query';

/** What a GiB costs in either tier, from the price list; nothing is claimed about bytes that other points share. */
export function ArchivePrice({ point }: { point: BackupPoint }) {
  const prices = useQuery(priceListQuery()).data;
  if (!prices) return null;
  const priceOf = (tier: 'standard' | 'archive') =>
    formatMoney(
      estimateMonthlyStorageCost(prices, {
        storedBytes: 1024 ** 3,
        kind: point.vault.kind,
        tier,
        region: point.vault.region,
      }),
    );
  return (
    <p className="text-muted text-sm">
      A stored GiB costs {priceOf('archive')} a month in the archive and {priceOf('standard')} in the standard
      tier. Restoring from the archive costs what any restore costs.
    </p>
  );
}
