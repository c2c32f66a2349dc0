'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { estimateReplica } from '@/lib/billing/estimates';
import { priceListQuery } from '@/lib/billing/query';
import { knownRegions } from '@/lib/regions/schemas';
import type { Vault } from '@/lib/vaults/schemas';
import { ReplicaCost } from '../replica-cost';
import type { Expected } from './cost-warning';
import { readGib, writeGib } from './gib';

/** Size and growth of an expected source against the operator's prices. */
export function CostCalculator({ vault, start }: { vault: Vault; start: Expected | null }) {
  const prices = useQuery(priceListQuery());
  const [size, setSize] = useState(start ? writeGib(start.storedBytes) : '');
  const [growth, setGrowth] = useState(start ? writeGib(start.growthBytesPerDay) : '');
  const [fromRegion, setFromRegion] = useState(start?.sourceRegion ?? vault.region);
  const [storedBytes, growthBytesPerDay] = [readGib(size), readGib(growth)];
  const estimate =
    prices.data && storedBytes !== null && growthBytesPerDay !== null && storedBytes > 0
      ? estimateReplica(prices.data, { storedBytes, growthBytesPerDay, fromRegion, toRegion: vault.region })
      : null;
  const problem = (typed: string) => (readGib(typed) === null ? 'Enter a number of GiB.' : undefined);
  return (
    <div className="flex flex-col gap-3">
      <div className="grid gap-3 sm:grid-cols-3">
        <Field label="Stored in the source, GiB" error={problem(size)}>
          <Input
            value={size}
            onChange={(event) => setSize(event.target.value)}
            inputMode="decimal"
            autoComplete="off"
          />
        </Field>
        <Field label="New each day, GiB" error={problem(growth)}>
          <Input
            value={growth}
            onChange={(event) => setGrowth(event.target.value)}
            inputMode="decimal"
            autoComplete="off"
          />
        </Field>
        <Field label="Region of the source">
          <Select
            value={fromRegion}
            onValueChange={setFromRegion}
            options={knownRegions().map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Field>
      </div>
      {estimate ? (
        <ReplicaCost estimate={estimate} isSameRegion={fromRegion === vault.region} />
      ) : (
        <p className="text-muted text-sm">
          {prices.error ? prices.error.message : 'Enter a size to see what it comes to.'}
        </p>
      )}
    </div>
  );
}
