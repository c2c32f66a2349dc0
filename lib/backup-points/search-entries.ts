import { askEngine } from '@/lib/engine/gateway/internal-client';
import { readVerb, thenOutside } from '@/lib/verb';
import { getPointRow } from './internal';
import { EntrySearch, SearchEntries } from './schemas';

const authorisePoint = readVerb({
  action: 'backup_points.search_entries',
  permission: 'restore.run',
  input: SearchEntries,
  run: ({ ctx, tx, input }) => getPointRow(tx, ctx.accountId, input.pointId),
});

/** What a point holds under a name, wherever it lies. The engine reads it from the vault's own bytes. */
export const searchEntries = thenOutside(authorisePoint, (ctx, _, input) =>
  askEngine(
    { accountId: ctx.accountId, userId: ctx.actor.userId, op: 'search', pointId: input.pointId },
    input,
    EntrySearch,
    ctx.clock.now(),
  ),
);
