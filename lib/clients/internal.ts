import { and, asc, eq, inArray, ne } from 'drizzle-orm';
import type { Database, Tx } from '@/db/client';
import { clients, dataSources } from '@/db/schema';
import type { Clock } from '@/lib/clock';
import { type Context, createContext } from '@/lib/context';
import { invariant, notFound } from '@/lib/errors';
import { clientStatus } from './rules';
import type { BackupClient } from './schemas';

export type ClientRow = typeof clients.$inferSelect;

/** A host of the account's, and not what the engine itself does for it in a region. */
export const isHost = ne(clients.placement, 'region');

/** What the engine's doors need; `db` is a handle of the engine's role. */
export interface EngineDoor {
  db: Database;
  clock: Clock;
}

/** Who speaks on a connection of a backup client, from its credential. */
export interface ClientIdentity {
  accountId: string;
  clientId: string;
}

/** A context in which a client acts: for audit rows and for the checks that verbs make. */
export function clientContext(
  door: EngineDoor,
  client: Pick<ClientRow, 'accountId' | 'id' | 'name'>,
): Context {
  const actor = {
    kind: 'client',
    id: client.id,
    name: client.name,
    userId: client.id,
    role: 'operator',
  } as const;
  return createContext({ accountId: client.accountId, actor, db: door.db, clock: door.clock });
}

/** A host of the account, held in its state until the transaction ends. */
export async function requireClient(tx: Tx, accountId: string, id: string): Promise<ClientRow> {
  const [client] = await tx
    .select()
    .from(clients)
    .where(and(eq(clients.accountId, accountId), eq(clients.id, id), isHost))
    .for('share');
  if (!client) throw notFound('backup client');
  return client;
}

function placementOf({ id, placement }: ClientRow): BackupClient['placement'] {
  invariant(placement !== 'region', `${id} is no host`);
  return placement;
}

export async function toBackupClients(tx: Tx, rows: ClientRow[], now: Date): Promise<BackupClient[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const sources = await tx
    .select()
    .from(dataSources)
    .where(inArray(dataSources.clientId, ids))
    .orderBy(asc(dataSources.createdAt));
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    hostname: row.hostname,
    platform: row.platform,
    version: row.version,
    placement: placementOf(row),
    region: row.region,
    connection: row.connection,
    status: clientStatus(row, now),
    lastHeartbeatAt: row.lastHeartbeatAt?.toISOString() ?? null,
    enrolledAt: row.enrolledAt.toISOString(),
    sources: sources
      .filter((source) => source.clientId === row.id)
      .map(({ id, kind, name }) => ({ id, kind, name })),
  }));
}
