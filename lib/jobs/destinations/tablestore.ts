import { z } from 'zod';

const tableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,254}$/, 'Up to 255 letters, digits and _, not beginning with a digit.');

/** A registered Tablestore instance. Tables that are not named go to a table of their own name. */
export const TablestoreDestination = z.object({
  kind: z.literal('tablestore'),
  sourceId: z.string().min(1, 'Choose an instance.'),
  tables: z
    .array(z.object({ from: tableName, to: tableName }))
    .max(200)
    .default([]),
  /** Whether a row that exists is replaced; else it stays. */
  overwriteExisting: z.boolean().default(false),
  /**
   * Of tables with an auto-increment key column: their rows keep the numbers they had, which the service takes for rows
   * that exist, or each gets a new one.
   */
  autoIncrement: z.enum(['keep', 'renumber']).default('keep'),
  /** Batches written at the same time. */
  batchChannels: z.coerce.number<number | string>().int().min(1).max(16).default(4),
});
