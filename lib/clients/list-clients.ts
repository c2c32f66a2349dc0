import { and, desc, eq } from 'drizzle-orm';
import { clients } from '@/db/schema';
import { invariant, notFound } from '@/lib/errors';
import { readVerb } from '@/lib/verb';
import { isHost, toBackupClients } from './internal';
import { GetClient, ListClients } from './schemas';

/** The account's clients of all regions, newest first. Revoked ones stay listed: their backups remain. */
export const listClients = readVerb({
  action: 'clients.list',
  permission: 'clients.read',
  input: ListClients,
  async run({ ctx, tx, now }) {
    const rows = await tx
      .select()
      .from(clients)
      .where(and(eq(clients.accountId, ctx.accountId), isHost))
      .orderBy(desc(clients.enrolledAt), desc(clients.id));
    return { items: await toBackupClients(tx, rows, now) };
  },
});

export const getClient = readVerb({
  action: 'clients.get',
  permission: 'clients.read',
  input: GetClient,
  async run({ ctx, tx, input, now }) {
    const rows = await tx
      .select()
      .from(clients)
      .where(and(eq(clients.accountId, ctx.accountId), eq(clients.id, input.id), isHost));
    if (rows.length === 0) throw notFound('backup client');
    const [client] = await toBackupClients(tx, rows, now);
    invariant(client, 'one row becomes one client');
    return client;
  },
});
