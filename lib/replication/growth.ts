export const growthWindowDays = 30;
const dayMs = 86_400_000;

export interface GrowthFacts {
  /** Bytes that the points of the window added, stored. */
  addedBytes: number;
  /** Capture time of the vault's first point; null when it has none. */
  firstPointAt: Date | null;
}

/**
 * What a vault takes on in a day, from the points of the last 30 days. The first point brings what was there before, so a
 * vault is measured only when it has points from more than a day; null says that it cannot be told yet.
 */
export function growthPerDay({ addedBytes, firstPointAt }: GrowthFacts, now: Date): number | null {
  if (firstPointAt === null) return null;
  const days = Math.min(growthWindowDays, (now.getTime() - firstPointAt.getTime()) / dayMs);
  return days < 1 ? null : Math.round(addedBytes / days);
}
