import type { z } from 'zod';
import type { Context } from '@/lib/context';
import { csvHeader, toCsvLine } from './csv';
import { listAuditEvents } from './list-audit-events';
import type { AuditEvent, ListAuditEvents } from './schemas';

type Filter = z.input<typeof ListAuditEvents>;

/** Every event of the filter as CSV, newest first, one page in memory at a time. */
export async function* exportAuditCsv(ctx: Context, filter: Filter): AsyncGenerator<string> {
  let head = csvHeader;
  for await (const events of pagesOf(ctx, filter)) {
    yield head + events.map(toCsvLine).join('');
    head = '';
  }
}

/** The same as JSON lines, each an event as the API lists it. */
export async function* exportAuditJson(ctx: Context, filter: Filter): AsyncGenerator<string> {
  for await (const events of pagesOf(ctx, filter))
    yield events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

async function* pagesOf(ctx: Context, filter: Filter): AsyncGenerator<AuditEvent[]> {
  let cursor: string | undefined;
  do {
    const page = await listAuditEvents(ctx, { ...filter, limit: 200, cursor });
    yield page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
}
