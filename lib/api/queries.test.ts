import { afterEach, expect, test, vi } from 'vitest';
import * as accounts from '@/lib/accounts/query';
import * as audit from '@/lib/audit/query';
import * as backupCopies from '@/lib/backup-copies/query';
import * as backupPoints from '@/lib/backup-points/query';
import * as clients from '@/lib/clients/query';
import * as directory from '@/lib/directory/query';
import * as jobs from '@/lib/jobs/query';
import * as keys from '@/lib/keys/query';
import * as notifications from '@/lib/notifications/query';
import * as replication from '@/lib/replication/query';
import * as resourceGroups from '@/lib/resource-groups/query';
import * as resourceShares from '@/lib/resource-shares/query';
import * as restores from '@/lib/restores/query';
import * as storage from '@/lib/storage/query';
import * as vaults from '@/lib/vaults/query';
import { matchRoute } from './match-route';
import { routes } from './routes';

type Query = (...given: unknown[]) => { queryFn(context: object): Promise<unknown> };

const all = {
  ...accounts,
  ...audit,
  ...backupCopies,
  ...backupPoints,
  ...clients,
  ...directory,
  ...jobs,
  ...keys,
  ...notifications,
  ...replication,
  ...resourceGroups,
  ...resourceShares,
  ...restores,
  ...storage,
  ...vaults,
} as unknown as Record<string, Query>;
const queries = Object.entries(all).filter(([name]) => name.endsWith('Query'));

/** What a query is called with where one id is not it. */
const given: Record<string, unknown[]> = {
  principalQuery: ['1000000000000001'],
  memberChangeQuery: ['1000000000000001', 'fd-1'],
  allVaultsQuery: ['cn-hangzhou'],
  entrySearchQuery: ['s-1', 'name', null],
  pointSearchQuery: [{ query: '/a/*.txt', sourceId: 'ds-1' }],
  replicationTargetsQuery: ['v-1', 'cn-hangzhou'],
  restoreEstimateQuery: [{ pointId: 's-1', selection: { mode: 'all' } }],
};
const takesFilter = /^(auditEvent|backupPoint|job|vault)(s|Pages)Query$/;

afterEach(() => vi.unstubAllGlobals());

test.each(queries)(
  '%s asks an address that the API answers, with an input that its verb takes',
  async (name, query) => {
    const fetch = vi.fn(async (_path: string, _init: RequestInit) =>
      Response.json({ error: null }, { status: 500 }),
    );
    vi.stubGlobal('fetch', fetch);
    const { queryFn } = query(...(given[name] ?? [takesFilter.test(name) ? {} : 'x-1']));
    await queryFn({ signal: undefined, pageParam: null }).catch(() => {});
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
  const url = new URL(audit.auditExportHref({ query: 'x' }), 'http://console.test');
  expect(matchRoute(routes, 'GET', url.pathname.slice('/api/v1'.length))?.route.filename).toBe(
    'crossvault-audit.csv',
  );
});
