import { z } from 'zod';
import { isoTime } from '@/lib/schemas';

export const TickerState = z.object({
  lastTickAt: isoTime.nullable(),
  isRunning: z.boolean(),
  /** Replications into this account that are behind, and the worst of their lags. */
  behind: z.object({
    replications: z.number().int(),
    points: z.number().int(),
    bytes: z.number().int(),
    seconds: z.number().int(),
  }),
  inFlight: z.number().int(),
  lastError: z.string().nullable(),
});
export type TickerState = z.infer<typeof TickerState>;
export const NoInput = z.object({});
