/** How long a check of a pack's bytes counts. */
export const coverageDays = 30;

/** Whole percent, rounded down: 100 is said only when every byte was checked. */
export function coveragePercent(checkedBytes: number, totalBytes: number): number {
  return totalBytes === 0 ? 100 : Math.floor((checkedBytes / totalBytes) * 100);
}

/** For each zone the others in the same place. Zones whose place is not known share nothing that could be claimed. */
export function sharedPlaces(zones: readonly { id: string; device: string | null }[]): Map<string, string[]> {
  return new Map(
    zones.map(({ id, device }) => [
      id,
      zones
        .filter((other) => other.id !== id && device !== null && other.device === device)
        .map((other) => other.id),
    ]),
  );
}
