import type { z } from 'zod';
import type { Context } from '@/lib/context';
import { csvHeader, toCsvLine } from './csv';
import { listAuditEvents } from './list-audit-events';
import type { ListAuditEvents } from './schemas';

/** Every event of the filter as CSV, newest first, one page in memory at a time. */
export async function* exportAuditEvents(
  ctx: Context,
  filter: z.input<typeof ListAuditEvents>,
): AsyncGenerator<string> {
  let cursor: string | undefined;
  let head = csvHeader;
  do {
    const page = await listAuditEvents(ctx, { ...filter, limit: 200, cursor });
    yield head + page.items.map(toCsvLine).join('');
    head = '';
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
}
