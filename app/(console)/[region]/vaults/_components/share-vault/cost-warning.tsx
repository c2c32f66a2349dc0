'use client';

import { useQuery } from '@tanstack/react-query';
import { HelpLink } from '@/app/(console)/_components/help-link';
import { Callout } from '@/components/ui/callout';
import { FieldGroup } from '@/components/ui/field';
import { formatBytes, plural } from '@/components/ui/format';
import { vaultGrowthQuery } from '@/lib/replication/query';
import type { VaultGrowth } from '@/lib/replication/schemas';
import type { Vault } from '@/lib/vaults/schemas';
import { CostCalculator } from './cost-calculator';

/** Who pays, and what one replica may come to: from the account's own targets when it has any, else from what is entered. */
export function CostWarning({ vault }: { vault: Vault }) {
  const growth = useQuery(vaultGrowthQuery());
  const measured = growth.data?.items ?? [];
  return (
    <>
      <Callout kind="warning" title="This account pays for what arrives">
        <p>
          Storage in {vault.name} and the traffic between regions are charged to you, the owner, not to the
          account that replicates. How much that will be depends on the vault it chooses; its size cannot be
          seen from here before it does.
        </p>
        {measured.length > 0 && <p className="mt-1.5">{tellExperience(measured)}</p>}
        <p className="mt-1.5">
          <HelpLink topic="billing" isInline />
        </p>
      </Callout>
      <FieldGroup
        legend="What a replica may cost"
        hint={
          measured.length > 0
            ? 'Begins with the average of your targets that hold a replica. Enter what you expect of the new one.'
            : 'No target of this account holds a replica yet. Enter what you expect.'
        }
      >
        {growth.data || growth.error ? (
          <CostCalculator key={measured.length} vault={vault} start={averageOf(measured, vault)} />
        ) : (
          <p className="text-muted">Measuring your targets…</p>
        )}
      </FieldGroup>
    </>
  );
}

export interface Expected {
  storedBytes: number;
  growthBytesPerDay: number;
  sourceRegion: string;
}

function averageOf(measured: VaultGrowth[], vault: Vault): Expected | null {
  if (measured.length === 0) return null;
  const mean = (of: (one: VaultGrowth) => number) =>
    Math.round(measured.reduce((sum, one) => sum + of(one), 0) / measured.length);
  return {
    storedBytes: mean(({ storedBytes }) => storedBytes),
    growthBytesPerDay: mean(({ growthBytesPerDay }) => growthBytesPerDay ?? 0),
    sourceRegion: measured.find(({ sourceRegion }) => sourceRegion !== null)?.sourceRegion ?? vault.region,
  };
}

function tellExperience(measured: VaultGrowth[]): string {
  const stored = measured.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  const growing = measured.filter(({ growthBytesPerDay }) => growthBytesPerDay !== null);
  const perDay = growing.reduce((sum, { growthBytesPerDay }) => sum + (growthBytesPerDay ?? 0), 0);
  const words = `${plural(measured.length, 'target')} of this account ${measured.length === 1 ? 'holds' : 'hold'} a replica: ${formatBytes(stored)} stored`;
  return growing.length > 0 ? `${words}, ${formatBytes(perDay)} more each day.` : `${words}.`;
}
