export const spanUnits = { minutes: 60, hours: 3600, days: 86_400 } as const;
export type SpanUnit = keyof typeof spanUnits;

export interface SpanInput {
  count: string;
  unit: SpanUnit;
}

/** The largest unit that tells the span in whole numbers. */
export function readSpan(seconds: number | null): SpanInput {
  if (seconds === null) return { count: '', unit: 'hours' };
  const unit = (['days', 'hours', 'minutes'] as const).find((name) => seconds % spanUnits[name] === 0);
  const fitting = unit ?? 'minutes';
  return { count: String(seconds / spanUnits[fitting]), unit: fitting };
}

/** Null for an empty field; what is no number stays none, so that the form says so. */
export function writeSpan({ count, unit }: SpanInput): number | null {
  if (count.trim() === '') return null;
  return Math.round(Number(count.replace(',', '.')) * spanUnits[unit]);
}
