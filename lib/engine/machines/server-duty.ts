import { hostname } from 'node:os';
import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { disks, servers } from '@/db/schema';
import { openDiskKey, openDiskSecret } from '@/lib/engine/disks/disk-secret';
import { allocatedBytes } from '@/lib/engine/disks/make-disk';
import type { Duty } from '@/lib/engine/ticker/duties';
import type { VaultEnvironment } from '@/lib/engine/vaults';
import { CrossvaultError, invariant } from '@/lib/errors';
import { notify } from '@/lib/notifications';
import { diskFile } from '@/lib/regions';
import { Flavour } from '@/lib/servers/flavours';
import { endMachine, isMachineAlive, removeMachine, startMachine } from './machine';

type ServerRow = typeof servers.$inferSelect;

const lookEverySeconds = 5;
/** A guest that is asked to end has this long. */
const patienceMs = 60_000;

/**
 * Starts, watches and ends the machines of servers. They are processes of their own: an engine that is started anew finds
 * them by what the row says, and one that ended by itself is noticed.
 */
export const serverDuty: Duty = {
  kind: 'servers',
  dueAt: (accountId): SQL => sql`(select min(case
      when state = 'deleting' or checked_at is null then now()
      else checked_at + make_interval(secs => ${lookEverySeconds}) end)
    from servers where account_id = ${accountId} and state in ('starting', 'running', 'stopping', 'deleting')
      and (process is null or process ->> 'host' = ${hostname()}))`,
  async run(environment, accountId) {
    const [server] = await inAccount(environment.db, accountId, (tx) =>
      tx
        .update(servers)
        .set({ checkedAt: sql`now()` })
        .where(
          eq(
            servers.id,
            sql`(select id from servers where account_id = ${accountId}
              and state in ('starting', 'running', 'stopping', 'deleting')
              and (process is null or process ->> 'host' = ${hostname()})
              and (state = 'deleting' or checked_at is null or checked_at < now() - make_interval(secs => ${lookEverySeconds}))
              order by checked_at nulls first limit 1 for update skip locked)`,
          ),
        )
        .returning(),
    );
    if (!server) return false;
    await tend(environment, server);
    return true;
  },
};

async function tend(environment: VaultEnvironment, server: ServerRow): Promise<void> {
  if (server.state === 'deleting') return remove(environment, server);
  const isAlive = server.process !== null && (await isMachineAlive(server.process));
  if (server.state === 'starting' && !isAlive) return start(environment, server);
  if (!isAlive) return settleEnded(environment, server);
  if (server.state === 'stopping') await end(server);
}

async function start(environment: VaultEnvironment, server: ServerRow): Promise<void> {
  const { db, serviceKey } = environment;
  const { accountId } = server;
  try {
    const attached = await inAccount(db, accountId, async (tx) => {
      const rows = await listDisks(tx, server);
      return Promise.all(
        rows.map(async (disk) => {
          const key = disk.kmsKeyId ? await openDiskKey(tx, serviceKey, accountId, disk.kmsKeyId) : null;
          invariant(!disk.isEncrypted || disk.sealedSecret, 'an encrypted disk that was made has a secret');
          const secret = key && disk.sealedSecret ? openDiskSecret(key, accountId, disk.sealedSecret) : null;
          return { position: disk.position ?? 0, file: diskFile(disk), format: disk.format, secret };
        }),
      );
    });
    const { process, accelerator } = await startMachine({
      serverId: server.id,
      flavour: Flavour.parse(server.flavour),
      disks: attached,
    });
    await inAccount(db, accountId, (tx) =>
      tx
        .update(servers)
        .set({ state: 'running', process, accelerator, startedAt: sql`now()`, stateReason: null })
        .where(and(eq(servers.id, server.id), eq(servers.state, 'starting'))),
    );
  } catch (error) {
    const why =
      error instanceof CrossvaultError ? error.message : 'The engine could not start it. See its log.';
    await settle(environment, server, why);
    await inAccount(db, accountId, (tx) =>
      notify(tx, accountId, {
        kind: 'servers.start_failed',
        severity: 'error',
        title: `Server ${server.name} did not start`,
        body: why,
        href: `/${server.region}/servers/${server.id}`,
      }),
    );
    if (!(error instanceof CrossvaultError)) throw error;
  }
}

async function end(server: ServerRow): Promise<void> {
  const waitedMs = (server.checkedAt?.getTime() ?? 0) - (server.stopAskedAt?.getTime() ?? 0);
  await endMachine(server.id, server.isStopForced || waitedMs > patienceMs).catch(() => {});
}

/** A machine that ended: stopped as it was asked to, or by itself. */
async function settleEnded(environment: VaultEnvironment, server: ServerRow): Promise<void> {
  const isAsked = server.state === 'stopping';
  await settle(
    environment,
    server,
    isAsked ? null : 'Its guest ended the machine, or the machine was ended from outside.',
  );
}

async function settle({ db }: VaultEnvironment, server: ServerRow, why: string | null): Promise<void> {
  await inAccount(db, server.accountId, async (tx) => {
    const rows = await listDisks(tx, server);
    await tx
      .update(servers)
      .set({
        state: 'stopped',
        stateReason: why,
        process: null,
        accelerator: null,
        startedAt: null,
        stopAskedAt: null,
        isStopForced: false,
      })
      .where(eq(servers.id, server.id));
    for (const disk of rows) {
      const bytes = await allocatedBytes(diskFile(disk)).catch(() => disk.allocatedBytes);
      await tx
        .update(disks)
        .set({ generation: disk.generation + 1, allocatedBytes: bytes })
        .where(eq(disks.id, disk.id));
    }
  });
}

async function remove({ db }: VaultEnvironment, server: ServerRow): Promise<void> {
  await removeMachine(server.id);
  await inAccount(db, server.accountId, (tx) => tx.delete(servers).where(eq(servers.id, server.id)));
}

function listDisks(tx: Tx, { accountId, id }: ServerRow) {
  return tx
    .select()
    .from(disks)
    .where(and(eq(disks.accountId, accountId), eq(disks.serverId, id)))
    .orderBy(asc(disks.position));
}
