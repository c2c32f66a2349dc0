'use client';

import { useQuery } from '@tanstack/react-query';
import { HelpLink } from '@/app/(console)/_components/help-link';
import { Amount } from '@/components/console/amount';
import { formatBytes, formatDuration } from '@/components/ui/format';
import { estimateRestoreCost, type RestoreMeter } from '@/lib/billing/estimates';
import { priceListQuery } from '@/lib/billing/query';
import type { BackupClient } from '@/lib/clients/schemas';
import { jobsQuery } from '@/lib/jobs/query';
import { estimateRestoreSeconds } from '@/lib/restores/rules';
import type { RestoreDestination } from '@/lib/restores/schemas';

interface RestoreCostProps {
  bytes: number;
  destination: RestoreDestination;
  /** Of a host; a region's engine has none. */
  client: BackupClient | null;
  /** Of the vault. */
  region: string;
}

const why: Record<RestoreMeter, string> = {
  restore_internet: 'it is connected over the Internet, and restored bytes are charged to this account',
  restore_vpn: 'restores over a VPN are free of charge',
  restore_leased_line: 'restores over a leased line are free of charge',
  restore_region: 'restores inside the region are free of charge',
};

/** What the restore takes: bytes, time as earlier restores to this client went, and money. */
export function RestoreCost({ bytes, destination, client, region }: RestoreCostProps) {
  const prices = useQuery(priceListQuery()).data;
  const earlier = useQuery(
    jobsQuery({ kind: 'restore', clientId: destination.clientId, status: 'complete', limit: 5 }),
  ).data;
  const seconds = earlier && estimateRestoreSeconds(bytes, earlier.items);
  const placement = destination.placement === 'server' ? 'server' : 'cloud';
  const cost =
    prices &&
    estimateRestoreCost(prices, {
      restoredBytes: bytes,
      vaultRegion: region,
      destination: { placement, connection: client?.connection ?? 'internet' },
    });
  return (
    <div className="mt-3 flex flex-col gap-1 text-muted text-sm">
      <p>
        {formatBytes(bytes)} travel to {destination.name}.{' '}
        {typeof seconds === 'number'
          ? `About ${formatDuration(Math.max(1, seconds))}, as earlier restores to it went.`
          : 'How long that takes is not known: nothing was restored to it yet.'}
      </p>
      {cost && (
        <p>
          Cost: at most{' '}
          <strong className="font-medium text-ink">
            <Amount amountMicros={cost.amountMicros} currency={cost.currency} />
          </strong>
          ; {why[cost.meter]}. <HelpLink topic="billing" isInline />
        </p>
      )}
    </div>
  );
}
