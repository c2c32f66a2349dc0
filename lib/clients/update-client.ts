import { and, eq } from 'drizzle-orm';
import { clients } from '@/db/schema';
import { invariant, notFound } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { isHost, toBackupClients } from './internal';
import { UpdateClient } from './schemas';

/** Renames a client or changes how it is connected. What was left out stays. */
export const updateClient = writeVerb({
  action: 'clients.update',
  permission: 'clients.manage',
  input: UpdateClient,
  async run({ ctx, tx, input, now, audit }) {
    const mine = and(eq(clients.accountId, ctx.accountId), eq(clients.id, input.id), isHost);
    const [before] = await tx.select().from(clients).where(mine).for('no key update');
    if (!before) throw notFound('backup client');
    const [after] = await tx
      .update(clients)
      .set({ name: input.name ?? before.name, connection: input.connection ?? before.connection })
      .where(mine)
      .returning();
    invariant(after, 'a locked row can be updated');
    await audit({
      resourceKind: 'client',
      resourceId: after.id,
      resourceName: after.name,
      before: { name: before.name, connection: before.connection },
      after: { name: after.name, connection: after.connection },
    });
    const [client] = await toBackupClients(tx, [after], now);
    invariant(client, 'one row becomes one client');
    return client;
  },
});
