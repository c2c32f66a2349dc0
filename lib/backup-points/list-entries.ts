import { askEngine } from '@/lib/engine/gateway/internal-client';
import { readVerb, thenOutside } from '@/lib/verb';
import { getPointRow } from './internal';
import { EntryPage, ListEntries } from './schemas';

const authorisePoint = readVerb({
  action: 'backup_points.list_entries',
  permission: 'restore.run',
  input: ListEntries,
  run: ({ ctx, tx, input }) => getPointRow(tx, ctx.accountId, input.pointId),
});

/** What is in one folder of a point, page by page. The engine reads it from the vault's own bytes. */
export const listEntries = thenOutside(authorisePoint, (ctx, _, input) =>
  askEngine(
    { accountId: ctx.accountId, userId: ctx.actor.userId, op: 'entries', pointId: input.pointId },
    input,
    EntryPage,
    ctx.clock.now(),
  ),
);
