import { and, count, eq, ilike, or } from 'drizzle-orm';
import { cutPage, keyset } from '@/db/keyset';
import { servers } from '@/db/schema';
import { askEngine } from '@/lib/engine/gateway/internal-client';
import type { Page } from '@/lib/schemas';
import { readVerb, thenOutside } from '@/lib/verb';
import { getServerDto, selectServers, toServers } from './internal';
import {
  GetServer,
  ListServers,
  MachineHost,
  NoInput,
  type Server,
  ServerConsole,
  ServerScreen,
} from './schemas';

export const listServers = readVerb({
  action: 'servers.list',
  permission: 'servers.read',
  input: ListServers,
  async run({ ctx, tx, input }): Promise<Page<Server>> {
    const pattern = input.query ? `%${input.query.replace(/[\\%_]/g, '\\$&')}%` : null;
    const filter = and(
      eq(servers.accountId, ctx.accountId),
      input.region ? eq(servers.region, input.region) : undefined,
      input.state ? eq(servers.state, input.state) : undefined,
      pattern
        ? or(ilike(servers.name, pattern), ilike(servers.description, pattern), ilike(servers.id, pattern))
        : undefined,
    );
    const place = keyset(servers.createdAt, servers.id, 'desc', input.cursor);
    const ids = await tx
      .select({ id: servers.id, cursor: place.cursor })
      .from(servers)
      .where(and(filter, place.after))
      .orderBy(...place.orderBy)
      .limit(input.limit + 1);
    const { rows, nextCursor } = cutPage(ids, input.limit);
    const [all] = await tx.select({ total: count() }).from(servers).where(filter);
    const found =
      rows.length === 0
        ? []
        : await toServers(tx, await selectServers(tx, or(...rows.map(({ id }) => eq(servers.id, id)))));
    const byId = new Map(found.map((server) => [server.id, server]));
    return { items: rows.map(({ id }) => byId.get(id)!), nextCursor, total: all?.total ?? 0 };
  },
});

export const getServer = readVerb({
  action: 'servers.get',
  permission: 'servers.read',
  input: GetServer,
  run: ({ ctx, tx, input }): Promise<Server> => getServerDto(tx, ctx.accountId, input.id),
});

const authoriseMachine = (action: string) =>
  readVerb({
    action,
    permission: 'servers.read',
    input: GetServer,
    run: ({ ctx, tx, input }) => getServerDto(tx, ctx.accountId, input.id),
  });

/** The last of what the guest wrote to its serial console, kept over restarts. */
export const getServerConsole = thenOutside(authoriseMachine('servers.get_console'), (ctx, server) =>
  askEngine(
    { accountId: ctx.accountId, userId: ctx.actor.userId, op: 'machine', pointId: null },
    { wanted: 'console', serverId: server.id },
    ServerConsole,
    ctx.clock.now(),
  ),
);

/** What the guest's screen shows now. */
export const getServerScreen = thenOutside(authoriseMachine('servers.get_screen'), async (ctx, server) =>
  server.state !== 'running'
    ? { png: null }
    : askEngine(
        { accountId: ctx.accountId, userId: ctx.actor.userId, op: 'machine', pointId: null },
        { wanted: 'screen', serverId: server.id },
        ServerScreen,
        ctx.clock.now(),
      ),
);

const authoriseHost = readVerb({
  action: 'servers.get_machine_host',
  permission: 'servers.read',
  input: NoInput,
  run: async () => null,
});

/** Whether the engine's machine can run servers, and with what. */
export const getMachineHost = thenOutside(authoriseHost, (ctx) =>
  askEngine(
    { accountId: ctx.accountId, userId: ctx.actor.userId, op: 'machine', pointId: null },
    { wanted: 'host' },
    MachineHost,
    ctx.clock.now(),
  ),
);
