import { and, desc, eq } from 'drizzle-orm';
import { keyGrants } from '@/db/schema';
import { readVerb } from '@/lib/verb';
import { toKeyGrant } from './internal';
import { ListKeyGrants } from './schemas';

/** Grants that this account gave or received, newest first; retired ones stay listed. */
export const listKeyGrants = readVerb({
  action: 'key_grants.list',
  permission: 'keys.read',
  input: ListKeyGrants,
  async run({ ctx, tx, input }) {
    const side = input.direction === 'given' ? keyGrants.accountId : keyGrants.granteeAccountId;
    const rows = await tx
      .select()
      .from(keyGrants)
      .where(and(eq(side, ctx.accountId), input.keyId ? eq(keyGrants.keyId, input.keyId) : undefined))
      .orderBy(desc(keyGrants.createdAt), desc(keyGrants.id))
      .limit(500);
    return { items: rows.map((row) => toKeyGrant(row, ctx.accountId)) };
  },
});
