import { and, asc, eq } from 'drizzle-orm';
import { fileSystems } from '@/db/schema';
import { readVerb } from '@/lib/verb';
import { seen, toFileSystem } from './internal';
import { ListFileSystems } from './schemas';

/** What the operator has registered for the account. */
export const listFileSystems = readVerb({
  action: 'file_systems.list',
  permission: 'clients.read',
  input: ListFileSystems,
  async run({ ctx, tx, input: { region, kind } }) {
    const rows = await tx
      .select(seen)
      .from(fileSystems)
      .where(
        and(
          eq(fileSystems.accountId, ctx.accountId),
          region ? eq(fileSystems.region, region) : undefined,
          kind ? eq(fileSystems.kind, kind) : undefined,
        ),
      )
      .orderBy(asc(fileSystems.name), asc(fileSystems.id));
    return { items: rows.map(toFileSystem) };
  },
});
