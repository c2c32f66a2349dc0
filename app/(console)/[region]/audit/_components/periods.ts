const hours = { hour: 1, day: 24, week: 24 * 7, month: 24 * 30, quarter: 24 * 90 };

export const periodOptions = [
  { value: 'hour', label: 'Last hour' },
  { value: 'day', label: 'Last 24 hours' },
  { value: 'week', label: 'Last 7 days' },
  { value: 'month', label: 'Last 30 days' },
  { value: 'quarter', label: 'Last 90 days' },
];

/** When a period of the list began, or nothing for all time. */
export function periodStart(period: string | null, now: Date | null): string | undefined {
  const span = hours[period as keyof typeof hours];
  return span && now ? new Date(now.getTime() - span * 3_600_000).toISOString() : undefined;
}
