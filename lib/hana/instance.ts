import { and, eq, or, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { dataSources } from '@/db/schema';
import type { ClientIdentity } from '@/lib/clients';
import { CrossvaultError } from '@/lib/errors';
import { hana } from '@/lib/sources/kinds/hana';

export type HanaInstance = Awaited<ReturnType<typeof requireInstance>>;

/**
 * The instance that a client's parameter file names by its id or its SID. Only one that this client serves is found: a
 * host speaks for no other.
 */
export async function requireInstance(tx: Tx, { accountId, clientId }: ClientIdentity, named: string) {
  const rows = await tx
    .select()
    .from(dataSources)
    .where(
      and(
        eq(dataSources.accountId, accountId),
        eq(dataSources.clientId, clientId),
        eq(dataSources.kind, 'hana'),
        or(eq(dataSources.id, named), eq(sql`${dataSources.config} ->> 'sid'`, named)),
      ),
    )
    .for('share');
  const [source] = rows;
  if (!source)
    throw new CrossvaultError(
      'not_found',
      `This host has no registered SAP HANA instance "${named}". Register it in the console under Data Sources, and name it in the parameter file.`,
      { reason: 'instance_not_registered' },
    );
  if (rows.length > 1)
    throw new CrossvaultError(
      'invalid_input',
      `This host has several instances of ${named}. Name one in the parameter file by its id: ${rows.map(({ id }) => id).join(', ')}.`,
      { reason: 'instance_ambiguous' },
    );
  return { id: source.id, name: source.name, config: hana.config.parse(source.config) };
}
