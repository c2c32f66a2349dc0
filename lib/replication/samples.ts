import { z } from 'zod';

/** What can be looked back over, and how many seconds one plotted value then stands for. */
export const sampleRanges = {
  '24h': { hours: 24, stepSeconds: 300 },
  '7d': { hours: 7 * 24, stepSeconds: 1800 },
  '30d': { hours: 30 * 24, stepSeconds: 7200 },
} as const;
export const SampleRange = z.enum(['24h', '7d', '30d']);
export type SampleRange = z.infer<typeof SampleRange>;

/** How samples become coarser: those of one step, once they are this old, become those of the next; the last ones go. */
export const sampleAges: readonly {
  stepSeconds: 60 | 600 | 3600;
  hours: number;
  becomes: 600 | 3600 | null;
}[] = [
  { stepSeconds: 60, hours: 26, becomes: 600 },
  { stepSeconds: 600, hours: 8 * 24, becomes: 3600 },
  { stepSeconds: 3600, hours: 31 * 24, becomes: null },
];
