/**
 * The rows of one page. A page beyond the last row, from an old link or after a deletion, is the last page
 * instead of an empty one.
 */
export function pickPage<T>(
  rows: T[],
  pageIndex: number,
  pageSize: number,
): { rows: T[]; pageIndex: number; pageCount: number } {
  const pageCount = Math.max(1, Math.ceil(rows.length / pageSize));
  const index = Math.min(pageIndex, pageCount - 1);
  const start = index === 0 ? 0 : index * pageSize;
  return { rows: rows.slice(start, start + pageSize), pageIndex: index, pageCount };
}
