import { z } from 'zod';
import { corrupt } from '@/lib/engine/core/bytes';
import type { TableSchema } from '../model';
import { rowFormatVersion } from '../rows/row-format';

const count = z.number().int().nonnegative();
const name = z.string().min(1).max(255);
const timestamp = z.string().regex(/^\d{1,19}$/);

const Schema = z.object({
  key: z
    .array(z.object({ name, type: z.enum(['integer', 'string', 'binary']), isAutoIncrement: z.boolean() }))
    .min(1)
    .max(4),
  definedColumns: z.array(
    z.object({ name, type: z.enum(['integer', 'double', 'boolean', 'string', 'binary']) }),
  ),
  options: z.object({
    timeToLiveSeconds: z.number().int(),
    maxVersions: z.number().int().positive(),
    maxVersionOffsetSeconds: z.number().int().positive(),
    allowsUpdate: z.boolean(),
  }),
  indexes: z.array(
    z.object({
      name,
      keyColumns: z.array(name),
      definedColumns: z.array(name),
      updateMode: z.enum(['async', 'sync']),
      type: z.enum(['global', 'local']),
    }),
  ),
  stream: z.object({ isEnabled: z.boolean(), expirationHours: count }),
  throughput: z.object({ read: count, write: count }),
}) satisfies z.ZodType<TableSchema>;

/** `table.json` beside a table's rows: what it takes to make the table again, and how it was read. */
export const TableFile = z.object({
  rowFormat: z.literal(rowFormatVersion),
  table: name,
  instance: z.string(),
  schema: Schema,
  rows: count,
  bytes: count,
  /** Of all versions, in milliseconds; null for a table without any. */
  oldestVersion: timestamp.nullable(),
  newestVersion: timestamp.nullable(),
  /** Each row is as it was at one moment of this span; different rows at different moments. */
  read: z.object({
    from: z.iso.datetime(),
    until: z.iso.datetime(),
    /** Rows with a version newer than the beginning: they were written while the table was read. */
    rowsWrittenMeanwhile: count,
    hasSchemaChanged: z.boolean(),
  }),
});
export type TableFile = z.infer<typeof TableFile>;

export const tableFileName = 'table.json';
export const rowsFolderName = 'rows';

export function encodeTableFile(file: TableFile): Buffer {
  return Buffer.from(`${JSON.stringify(file, null, 2)}\n`);
}

/** @throws `corrupt_data`. */
export function decodeTableFile(bytes: Buffer): TableFile {
  try {
    return TableFile.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw corrupt('the description of a table cannot be read', cause);
  }
}

/** Names of a table's files of rows, in the order of their keys. */
export function rangeFileName(index: number): string {
  return String(index).padStart(8, '0');
}
