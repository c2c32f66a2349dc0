import { desc, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { auditHeads, auditSignedHeads } from '@/db/schema';
import { readVerb } from '@/lib/verb';
import type { AuditChain, AuditCheck } from './schemas';

/** Where the account's chain stands, and up to where it is signed. */
export const getAuditChain = readVerb({
  action: 'audit.get_chain',
  permission: 'audit.read',
  input: z.object({}),
  async run({ ctx, tx }): Promise<AuditChain> {
    const [head] = await tx.select().from(auditHeads).where(eq(auditHeads.accountId, ctx.accountId));
    const [signed] = await tx
      .select()
      .from(auditSignedHeads)
      .where(eq(auditSignedHeads.accountId, ctx.accountId))
      .orderBy(desc(auditSignedHeads.seq))
      .limit(1);
    return {
      rows: head?.seq ?? 0,
      hash: head?.hash.toString('hex') ?? null,
      signed: signed
        ? { seq: signed.seq, signedAt: signed.signedAt.toISOString(), keyId: signed.keyId }
        : null,
    };
  },
});

/**
 * Computes every hash of the account's chain anew, in the database, and names the first row that does not fit. It finds
 * damage; against whoever owns the database, only an export that was kept elsewhere helps.
 */
export const checkAuditChain = readVerb({
  action: 'audit.check_chain',
  permission: 'audit.read',
  input: z.object({}),
  async run({ ctx, tx }): Promise<AuditCheck> {
    const [found] = await tx.execute<{ rows: string; first_bad: string | null }>(sql`
      select count(*) as rows, min(seq) filter (where not is_sound) as first_bad from (
        select c.seq,
          e.id is not null
            and c.seq = row_number() over place
            and c.previous = coalesce(lag(c.hash) over place, decode(repeat('00', 32), 'hex'))
            and c.hash = audit_hash(c.account_id, c.seq, c.previous, audit_text(e)) as is_sound
        from audit_chain c left join audit_events e on e.id = c.event_id
        where c.account_id = ${ctx.accountId}
        window place as (order by c.seq)) links`);
    const [head] = await tx.select().from(auditHeads).where(eq(auditHeads.accountId, ctx.accountId));
    const rows = Number(found?.rows ?? 0);
    const firstBad = found?.first_bad ? Number(found.first_bad) : null;
    const isCut = head !== undefined && head.seq > rows;
    return { rows, firstBadSeq: firstBad ?? (isCut ? rows + 1 : null) };
  },
});
