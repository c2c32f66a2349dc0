import { type Meter, meterGroupOf } from './meters';

/**
 * What capacity plans take off storage. A plan covers so many bytes in every hour of its time, in its region or in all;
 * plans of a region are used up before those of all regions. What is covered is taken off all storage of a region alike,
 * whatever it costs. Traffic is never covered, and trials need no cover.
 */

export interface Plan {
  capacityBytes: number;
  /** Null for all regions. */
  region: string | null;
  startsAt: Date;
  endsAt: Date;
}

/** Millionths of byte-seconds, as the meters count. */
const micro = 1_000_000n;

export interface Span {
  startsAt: Date;
  seconds: number;
  rows: readonly { meter: Meter; region: string; quantityMicro: bigint }[];
}

export interface Cover {
  /** In the order of the span's rows. */
  coveredMicro: bigint[];
  /** By plan, in the order given: how much of it was used, 0 to 1; 0 for one that is not in force. */
  usedFraction: number[];
}

export const isCoverable = (meter: Meter) => meterGroupOf(meter) === 'storage' && meter !== 'storage_trial';
export const isInForce = (plan: Plan, at: Date) => plan.startsAt <= at && at < plan.endsAt;

export function coverSpan({ startsAt, seconds, rows }: Span, plans: readonly Plan[]): Cover {
  const active = plans.map((plan) => (isInForce(plan, startsAt) ? plan : null));
  const roomMicro = (region: string | null) =>
    active.reduce((sum, plan) => {
      if (!plan || plan.region !== region) return sum;
      return sum + BigInt(plan.capacityBytes) * BigInt(Math.round(seconds * 1_000_000));
    }, 0n);
  const used = new Map<string, bigint>();
  for (const { meter, region, quantityMicro } of rows) {
    if (isCoverable(meter) && quantityMicro > 0n) used.set(region, (used.get(region) ?? 0n) + quantityMicro);
  }
  const ownRoom = new Map([...used.keys()].map((region) => [region, roomMicro(region)]));
  const own = new Map([...used].map(([region, amount]) => [region, least(amount, ownRoom.get(region)!)]));
  const rest = sumOf([...used].map(([region, amount]) => amount - own.get(region)!));
  const sharedRoom = roomMicro(null);
  const shared = least(rest, sharedRoom);
  const coveredMicro = rows.map(({ meter, region, quantityMicro }) => {
    const inRegion = used.get(region) ?? 0n;
    if (!isCoverable(meter) || inRegion === 0n || quantityMicro <= 0n) return 0n;
    const ownPart = own.get(region)!;
    const sharedPart = rest === 0n ? 0n : (shared * (inRegion - ownPart)) / rest;
    return (quantityMicro * (ownPart + sharedPart)) / inRegion;
  });
  const usedFraction = active.map((plan) => {
    if (!plan) return 0;
    if (plan.region === null) return ratio(shared, sharedRoom);
    return ratio(own.get(plan.region) ?? 0n, roomMicro(plan.region));
  });
  return { coveredMicro, usedFraction };
}

const least = (a: bigint, b: bigint) => (a < b ? a : b);
const sumOf = (amounts: readonly bigint[]) => amounts.reduce((sum, one) => sum + one, 0n);
const ratio = (part: bigint, whole: bigint) =>
  whole === 0n ? 0 : Number((part * micro) / whole) / Number(micro);
