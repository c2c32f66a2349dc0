import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { inAccount } from '@/db/client';
import { authorise, type Context } from '@/lib/context';
import { askEngine } from '@/lib/engine/gateway/internal-client';
import { CrossvaultError } from '@/lib/errors';
import { readVerb, thenOutside } from '@/lib/verb';
import { headerLine, headLine, rowLine, SignedHead } from './verify-chain';

const rowsAtATime = 500;

const authoriseAudit = readVerb({
  action: 'audit.sign_head',
  permission: 'audit.read',
  input: z.object({}),
  run: async () => null,
});

/** The chain's end as it is now, signed by the engine. @throws `not_found` while nothing was audited. */
export const getSignedHead = thenOutside(authoriseAudit, async (ctx) => {
  const { accountId, actor } = ctx;
  const claims = { accountId, userId: actor.userId, op: 'audit-head', pointId: null } as const;
  const head = await askEngine(claims, {}, SignedHead.nullable(), ctx.clock.now());
  if (!head) throw new CrossvaultError('not_found', 'Nothing has been audited in this account yet.');
  return head;
});

/** The whole audit, oldest first, up to a head signed now: the form that `crossvault audit verify` checks. */
export async function* exportSignedAudit(ctx: Context): AsyncGenerator<string> {
  authorise(ctx, 'audit.read');
  const head = await getSignedHead(ctx, {});
  yield `${headerLine(ctx.accountId, ctx.clock.now().toISOString())}\n`;
  for (let after = 0; after < head.seq; ) {
    const rows = await readLinks(ctx, after, head.seq);
    if (rows.length === 0) break;
    yield rows.map((row) => `${rowLine(row)}\n`).join('');
    after = rows.at(-1)!.seq;
  }
  yield `${headLine(head)}\n`;
}

/** What the database holds, as it is: a link without its row is left out, so that the check finds the gap. */
function readLinks(ctx: Context, after: number, upTo: number) {
  return inAccount(ctx.db, ctx.accountId, async (tx) => {
    const rows = await tx.execute<{ seq: string; previous: string; hash: string; row_text: string }>(sql`
      select c.seq, encode(c.previous, 'hex') as previous, encode(c.hash, 'hex') as hash, audit_text(e) as row_text
      from audit_chain c join audit_events e on e.id = c.event_id
      where c.account_id = ${ctx.accountId} and c.seq > ${after} and c.seq <= ${upTo}
      order by c.seq limit ${rowsAtATime}`);
    return rows.map((row) => ({ ...row, seq: Number(row.seq), rowText: row.row_text }));
  });
}

/** The public half of the key that signs, as PEM. */
export async function* exportAuditKey(ctx: Context): AsyncGenerator<string> {
  const { publicKey } = await getSignedHead(ctx, {});
  yield `-----BEGIN PUBLIC KEY-----\n${publicKey.replace(/.{64}(?=.)/g, '$&\n')}\n-----END PUBLIC KEY-----\n`;
}
