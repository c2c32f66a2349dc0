import { and, count, eq, ilike, or, type SQL, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { cutPage, keyset } from '@/db/keyset';
import { vaults } from '@/db/schema';
import type { Page } from '@/lib/schemas';
import { readVerb } from '@/lib/verb';
import { ListVaults, type Vault } from './schemas';
import { selectVaults, toVaults } from './select-vaults';

export const listVaults = readVerb({
  action: 'vaults.list',
  permission: 'vaults.read',
  input: ListVaults,
  async run({ ctx, tx, input, now }): Promise<Page<Vault>> {
    const filter = filterOf(input);
    const place = keyset(vaults[input.sort], vaults.id, input.order, input.cursor);
    const found = await selectVaults(tx, place.cursor)
      .where(and(filter, place.after))
      .orderBy(...place.orderBy)
      .limit(input.limit + 1);
    const [all] = await tx.select({ total: count() }).from(vaults).where(filter);
    const { rows, nextCursor } = cutPage(found, input.limit);
    return { items: await toVaults(tx, rows, ctx.accountId, now), nextCursor, total: all?.total ?? 0 };
  },
});

/** `query` looks in names, descriptions and ids. */
function filterOf({
  region,
  kind,
  status,
  resourceGroupId,
  tag,
  query,
}: z.output<typeof ListVaults>): SQL | undefined {
  const pattern = query ? `%${query.replace(/[\\%_]/g, '\\$&')}%` : null;
  return and(
    region ? eq(vaults.region, region) : undefined,
    kind ? eq(vaults.kind, kind) : undefined,
    status ? eq(vaults.status, status as Vault['status']) : undefined,
    resourceGroupId ? eq(vaults.resourceGroupId, resourceGroupId) : undefined,
    tag ? hasTag(tag) : undefined,
    pattern
      ? or(ilike(vaults.name, pattern), ilike(vaults.description, pattern), ilike(vaults.id, pattern))
      : undefined,
  );
}

/** A key may hold `=` itself, so both readings of the text count. */
const hasTag = (tag: string): SQL => sql`exists (select 1 from vault_tags t
  where t.vault_id = ${vaults.id} and (t.key = ${tag} or t.key || '=' || t.value = ${tag}))`;
