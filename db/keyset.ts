import { asc, desc, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

export class InvalidCursor extends Error {
  override name = 'InvalidCursor';
}

export interface Keyset {
  orderBy: SQL[];
  /** Rows after the cursor; undefined without one. */
  after: SQL | undefined;
  /** Select it as `cursor`: the row's place as text, exact to the microsecond that a Date would lose. */
  cursor: SQL<string>;
}

/**
 * Pages by the place of the last row instead of an offset, so that rows which come and go between two pages are
 * neither repeated nor skipped. `id` breaks ties and must be unique; both columns must be NOT NULL. Throws
 * `InvalidCursor` for text that `cutPage` did not make.
 */
export function keyset(
  column: PgColumn,
  id: PgColumn,
  order: 'asc' | 'desc',
  cursor: string | undefined,
): Keyset {
  const direction = order === 'asc' ? asc : desc;
  const place = cursor === undefined ? null : readCursor(cursor);
  const columnType = sql.raw(column.getSQLType());
  const idType = sql.raw(id.getSQLType());
  return {
    orderBy: [direction(column), direction(id)],
    after: place
      ? sql`(${column}, ${id}) ${sql.raw(order === 'asc' ? '>' : '<')} (${place[0]}::text::${columnType}, ${place[1]}::text::${idType})`
      : undefined,
    cursor: sql<string>`json_build_array(${column}::text, ${id}::text)::text`,
  };
}

/** Cuts a result of `limit + 1` rows to a page and tells where the next one starts. */
export function cutPage<Row extends { cursor: string }>(
  rows: Row[],
  limit: number,
): { rows: Row[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { rows: page, nextCursor: hasMore ? Buffer.from(last.cursor).toString('base64url') : null };
}

function readCursor(cursor: string): [string, string] {
  let place: unknown;
  try {
    place = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (cause) {
    throw new InvalidCursor('Not a cursor', { cause });
  }
  const isPlace =
    Array.isArray(place) && place.length === 2 && place.every((part) => typeof part === 'string');
  if (!isPlace) throw new InvalidCursor('Not a cursor');
  return place as [string, string];
}
