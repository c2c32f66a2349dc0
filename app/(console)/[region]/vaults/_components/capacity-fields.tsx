'use client';

import { useQuery } from '@tanstack/react-query';
import { Checkbox } from '@/components/ui/checkbox';
import { Field, FieldGroup } from '@/components/ui/field';
import { formatBytes } from '@/components/ui/format';
import { Input } from '@/components/ui/input';
import { Progress } from '@/components/ui/progress';
import { estimateMonthlyStorageCost } from '@/lib/billing/estimates';
import { formatMoney } from '@/lib/billing/money';
import { priceListQuery } from '@/lib/billing/query';
import { gibBytes, type Vault } from '@/lib/vaults/schemas';

export interface CapacityChoice {
  capacityGib: string;
  thresholdPercent: string;
  isAutoExpanding: boolean;
}

export const proposedCapacity: CapacityChoice = {
  capacityGib: '100',
  thresholdPercent: '80',
  isAutoExpanding: false,
};

export function choiceOf({ capacity }: Pick<Vault, 'capacity'>): CapacityChoice {
  if (!capacity) return proposedCapacity;
  return {
    capacityGib: String(capacity.totalBytes / gibBytes),
    thresholdPercent: String(capacity.thresholdPercent),
    isAutoExpanding: capacity.isAutoExpanding,
  };
}

interface CapacityFieldsProps {
  kind: Vault['kind'];
  region: string;
  value: CapacityChoice;
  onValueChange: (value: CapacityChoice) => void;
  errors: Record<string, string>;
}

/** How much is bought, from when on to be told, and whether it may grow by itself; with what it costs. */
export function CapacityFields({ kind, region, value, onValueChange, errors }: CapacityFieldsProps) {
  const prices = useQuery(priceListQuery()).data;
  const bytes = Number(value.capacityGib) * gibBytes;
  const cost =
    prices && Number.isSafeInteger(bytes) && bytes > 0
      ? estimateMonthlyStorageCost(prices, { storedBytes: bytes, kind, tier: 'standard', region })
      : null;
  return (
    <FieldGroup legend="Capacity">
      <Field
        label="Capacity in GiB"
        hint={
          cost
            ? `${formatMoney(cost)} for 30 days, used or not.`
            : 'It is paid for whether it is used or not.'
        }
        error={errors.capacityGib}
        isRequired
      >
        <Input
          inputMode="numeric"
          value={value.capacityGib}
          onChange={(event) => onValueChange({ ...value, capacityGib: event.target.value })}
        />
      </Field>
      <Field
        label="Tell at percent in use"
        hint="The account is told when use passes this line."
        error={errors.thresholdPercent}
        isRequired
      >
        <Input
          inputMode="numeric"
          value={value.thresholdPercent}
          onChange={(event) => onValueChange({ ...value, thresholdPercent: event.target.value })}
        />
      </Field>
      <Checkbox
        label="Expand by itself"
        description="Where a backup or an accepted share would not fit, the capacity is raised to whole GiB and charged from then on. Otherwise it is refused."
        checked={value.isAutoExpanding}
        onCheckedChange={(checked) => onValueChange({ ...value, isAutoExpanding: checked === true })}
      />
    </FieldGroup>
  );
}

/** Used of bought, in bytes that say what they are: 200 MiB are never 0 GiB. */
export function CapacityMeter({ capacity }: { capacity: NonNullable<Vault['capacity']> }) {
  const { usedBytes, reservedBytes, totalBytes, thresholdPercent, isAutoExpanding } = capacity;
  const held = usedBytes + reservedBytes;
  const isOver = held * 100 >= totalBytes * thresholdPercent;
  return (
    <div className="min-w-36">
      <span className="tabular-nums">{`${formatBytes(usedBytes)} of ${formatBytes(totalBytes)}`}</span>
      <Progress
        className="mt-1"
        label="Capacity in use"
        fraction={held / totalBytes}
        tone={isOver ? 'warning' : 'info'}
      />
      {(reservedBytes > 0 || isAutoExpanding) && (
        <span className="text-muted text-sm">
          {[
            reservedBytes > 0 && `${formatBytes(reservedBytes)} reserved`,
            isAutoExpanding && 'expands by itself',
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      )}
    </div>
  );
}
