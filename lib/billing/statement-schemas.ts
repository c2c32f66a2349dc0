import { z } from 'zod';
import { bytes, displayName, isoTime, regionId } from '@/lib/schemas';
import { Meter } from './meters';

const micros = z.number().int();
export const Month = z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, 'A month such as 2026-01.');

/** One meter of one vault in a month. Quantities are byte-seconds of storage, or bytes of traffic. */
export const StatementLine = z.object({
  vaultId: z.string(),
  vaultName: z.string(),
  vaultKind: z.string(),
  region: z.string(),
  isDeleted: z.boolean(),
  /** Whose copy the vault takes; null for a vault that is no replication target. */
  source: z
    .object({ accountId: z.string(), accountName: z.string(), vaultId: z.string(), vaultName: z.string() })
    .nullable(),
  meter: Meter,
  quantity: z.number(),
  /** What capacity plans took off the quantity. */
  coveredQuantity: z.number(),
  /** Of a GiB, or of a GiB for a month; the last one that was in force. */
  priceMicros: micros,
  amountMicros: micros,
});
export type StatementLine = z.infer<typeof StatementLine>;

export const StatementDay = z.object({
  day: z.string(),
  storageMicros: micros,
  replicationMicros: micros,
  restoreMicros: micros,
});
export type StatementDay = z.infer<typeof StatementDay>;

export const CapacityPlan = z.object({
  id: z.string(),
  name: z.string(),
  capacityBytes: bytes,
  region: z.string().nullable(),
  startsOn: z.string(),
  /** The last day that it covers. */
  endsOn: z.string(),
  createdBy: z.string(),
  createdAt: isoTime,
});
export type CapacityPlan = z.infer<typeof CapacityPlan>;

export const CapacityPlanUse = CapacityPlan.extend({
  state: z.enum(['coming', 'in_force', 'over']),
  /** Of what is stored now, 0 to 1. */
  usedFraction: z.number(),
});
export type CapacityPlanUse = z.infer<typeof CapacityPlanUse>;

export const Statement = z.object({
  month: Month,
  currency: z.string(),
  /** Up to when it is counted: now, or the end of the month. */
  measuredUntil: isoTime,
  isComplete: z.boolean(),
  totalMicros: micros,
  /** The whole month, if storage stays as it is and traffic goes on as in the month so far; null when it is over. */
  forecastMicros: micros.nullable(),
  lines: z.array(StatementLine),
  days: z.array(StatementDay),
});
export type Statement = z.infer<typeof Statement>;

export const GetStatement = z.object({ month: Month.optional() });
export const MonthTotal = z.object({
  month: Month,
  currency: z.string(),
  totalMicros: micros,
  isComplete: z.boolean(),
});
export type MonthTotal = z.infer<typeof MonthTotal>;

const day = z.iso.date('Choose a day.');
const maxPlanDays = 5 * 366;
export const CreateCapacityPlan = z
  .object({
    name: displayName,
    capacityBytes: bytes.min(1, 'Enter a size.'),
    region: regionId.nullable().default(null),
    startsOn: day,
    endsOn: day,
  })
  .refine(({ startsOn, endsOn }) => endsOn >= startsOn, {
    path: ['endsOn'],
    message: 'The last day comes after the first.',
  })
  .refine(({ startsOn, endsOn }) => Date.parse(endsOn) - Date.parse(startsOn) <= maxPlanDays * 86_400_000, {
    path: ['endsOn'],
    message: 'At most five years.',
  });
