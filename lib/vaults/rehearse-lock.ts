import type { LockRehearsal } from './schemas';

export interface LockedPoint {
  sourceBytes: number;
  /** New bytes this point added to the vault's storage. */
  addedBytes: number;
  expiresAt: Date;
  /** It came by a share: its owner may delete it, and the lock does not cover it. */
  isShared?: boolean;
}

/** What a month of so many stored bytes costs for a number of days; the price list decides. */
export type Price = (storedBytes: number, days: number) => { amountMicros: number; currency: string };

const dayMs = 86_400_000;

/**
 * What a lock would do to a vault as it is: what it covers, until when, what is refused from then on, and what keeping it
 * costs until the last point has expired. Nothing is changed; points made later are covered too and are not counted.
 */
export function rehearseLock(
  vault: { storedBytes: number; kmsKeyName: string | null },
  points: readonly LockedPoint[],
  now: Date,
  price: Price,
): LockRehearsal {
  const kept = points.filter((point) => point.expiresAt > now && !point.isShared);
  const dates = kept.map((point) => point.expiresAt.getTime()).sort((a, b) => a - b);
  const sum = (of: (point: LockedPoint) => number) => kept.reduce((total, point) => total + of(point), 0);
  return {
    points: kept.length,
    uncoveredPoints: points.filter(({ isShared }) => isShared).length,
    sourceBytes: sum((point) => point.sourceBytes),
    storedBytes: vault.storedBytes,
    firstExpiresAt: toIso(dates[0]),
    lastExpiresAt: toIso(dates.at(-1)),
    refused: refusedBy(vault.kmsKeyName, kept.length),
    cost: costOf(vault.storedBytes, kept, now, price),
    decline: declineOf(kept),
  };
}

function refusedBy(kmsKeyName: string | null, points: number): LockRehearsal['refused'] {
  const until = 'until it expires';
  return [
    { action: 'Deleting a backup point', until },
    ...(points > 0 ? [{ action: 'Deleting the vault', until: 'until its last point has expired' }] : []),
    { action: 'Taking the lock off', until: 'for ever' },
    { action: 'Shortening the retention of a point', until },
    ...(kmsKeyName && points > 0
      ? [{ action: `Destroying the key ${kmsKeyName}`, until: 'until its last point has expired' }]
      : []),
  ];
}

/**
 * Bytes are counted with the point that brought them, for as long as the last point that may need them: a point's bytes are
 * let go of no earlier than the point itself. The bytes that no point brought stay to the end.
 */
function costOf(
  storedBytes: number,
  kept: readonly LockedPoint[],
  now: Date,
  price: Price,
): LockRehearsal['cost'] {
  if (kept.length === 0) return { ...price(0, 0), days: 0 };
  const last = Math.max(...kept.map((point) => point.expiresAt.getTime()));
  const days = (last - now.getTime()) / dayMs;
  const { currency } = price(0, 0);
  const brought = kept.reduce((total, point) => total + point.addedBytes, 0);
  // What is stored may be less than what came, once duplicates have gone.
  const share = brought > storedBytes && brought > 0 ? storedBytes / brought : 1;
  let amountMicros = price(Math.max(0, storedBytes - brought), days).amountMicros;
  for (const point of kept) {
    const ownDays = (point.expiresAt.getTime() - now.getTime()) / dayMs;
    amountMicros += price(Math.round(point.addedBytes * share), ownDays).amountMicros;
  }
  return { amountMicros: Math.round(amountMicros), currency, days: Math.ceil(days) };
}

/** How many points remain locked after each of up to twelve dates: the first steps of the way down, evenly chosen. */
function declineOf(kept: readonly LockedPoint[]): LockRehearsal['decline'] {
  const sorted = [...kept].sort((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime());
  const wanted = Math.min(12, sorted.length);
  return Array.from({ length: wanted }, (_, index) => {
    const at = Math.ceil(((index + 1) * sorted.length) / wanted) - 1;
    return {
      at: sorted[at]!.expiresAt.toISOString(),
      pointsLeft: sorted.length - at - 1,
    };
  });
}

const toIso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
