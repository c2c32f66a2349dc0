const dayMs = 86_400_000;

/** How many of the warnings before a date are due: with warnings 7 and 1 days before, 1 from a week before on. */
export function warningsDue(at: Date, warningDays: readonly number[], now: Date): number {
  return warningDays.filter((days) => now.getTime() >= at.getTime() - days * dayMs).length;
}

/** `in 3 days`, `within a day`. */
export function daysLeftInWords(at: Date, now: Date): string {
  const days = Math.ceil((at.getTime() - now.getTime()) / dayMs);
  if (days <= 1) return 'within a day';
  return `in ${days} days`;
}
