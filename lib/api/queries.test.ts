import { afterEach, expect, test, vi } from 'vitest';
import { accessKeysQuery, meQuery } from '@/lib/accounts/query';
import { auditEventsQuery, auditExportHref } from '@/lib/audit/query';
import { backupPointQuery, backupPointsQuery, entriesQuery } from '@/lib/backup-points/query';
import { clientQuery, clientsQuery } from '@/lib/clients/query';
import { jobQuery, jobsQuery } from '@/lib/jobs/query';
import { keyQuery, keysQuery } from '@/lib/keys/query';
import { notificationsQuery } from '@/lib/notifications/query';
import { regionsQuery } from '@/lib/regions/query';
import {
  replicationPointsQuery,
  replicationQuery,
  replicationSamplesQuery,
  replicationsQuery,
  replicationTargetsQuery,
} from '@/lib/replication/query';
import { resourceGroupsQuery } from '@/lib/resource-groups/query';
import {
  invitationsQuery,
  principalQuery,
  resourceShareQuery,
  resourceSharesQuery,
} from '@/lib/resource-shares/query';
import { restoreDestinationsQuery, restoreEstimateQuery } from '@/lib/restores/query';
import { tickerQuery } from '@/lib/ticker/query';
import { quotasQuery, vaultQuery, vaultsQuery } from '@/lib/vaults/query';
import { matchRoute } from './match-route';
import { routes } from './routes';

const queries = {
  accessKeysQuery,
  auditEventsQuery: () => auditEventsQuery(),
  backupPointQuery: () => backupPointQuery('s-1'),
  backupPointsQuery: () => backupPointsQuery(),
  clientQuery: () => clientQuery('c-1'),
  clientsQuery,
  entriesQuery: () => entriesQuery('s-1', ''),
  invitationsQuery: () => invitationsQuery(),
  jobQuery: () => jobQuery('j-1'),
  jobsQuery: () => jobsQuery(),
  keyQuery: () => keyQuery('key-1'),
  keysQuery,
  meQuery,
  notificationsQuery,
  principalQuery: () => principalQuery('1000000000000001'),
  quotasQuery,
  regionsQuery,
  replicationPointsQuery: () => replicationPointsQuery('rep-1'),
  replicationQuery: () => replicationQuery('rep-1'),
  replicationSamplesQuery: () => replicationSamplesQuery('rep-1'),
  replicationTargetsQuery: () => replicationTargetsQuery('v-1', 'cn-hangzhou'),
  replicationsQuery,
  resourceGroupsQuery,
  resourceShareQuery: () => resourceShareQuery('rs-1'),
  resourceSharesQuery,
  restoreDestinationsQuery: () => restoreDestinationsQuery('v-1'),
  restoreEstimateQuery: () => restoreEstimateQuery({ pointId: 's-1', selection: { mode: 'all' } }),
  tickerQuery,
  vaultQuery: () => vaultQuery('v-1'),
  vaultsQuery: () => vaultsQuery(),
};

afterEach(() => vi.unstubAllGlobals());

test.each(Object.entries(queries))(
  '%s asks an address that the API answers, with an input that its verb takes',
  async (_name, query) => {
    const fetch = vi.fn(async (_path: string, _init: RequestInit) =>
      Response.json({ error: null }, { status: 500 }),
    );
    vi.stubGlobal('fetch', fetch);
    const { queryFn } = query() as unknown as { queryFn(context: object): Promise<unknown> };
    await queryFn({ signal: undefined, pageParam: undefined }).catch(() => {});
    const [path, init] = fetch.mock.calls[0]!;
    const url = new URL(path, 'http://console.test');
    const match = matchRoute(routes, init.method!, url.pathname.slice('/api/v1'.length));
    expect(match, path).not.toBeNull();
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : {};
    const input = { ...Object.fromEntries(url.searchParams), ...body, ...match!.params };
    expect(match!.route.verb.input.safeParse(input)).toMatchObject({ success: true });
  },
);

test('the audit export has an address too', () => {
  const url = new URL(auditExportHref({ query: 'x' }), 'http://console.test');
  expect(matchRoute(routes, 'GET', url.pathname.slice('/api/v1'.length))?.route.filename).toBe(
    'crossvault-audit.csv',
  );
});
