import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { auditEvents, users } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { createAccessKey, signOut } from '@/lib/accounts';
import { systemClock } from '@/lib/clock';
import { createContext } from '@/lib/context';
import { apiOf, origin, signedIn } from '@/lib/testing/web';
import { ErrorBody } from './error-body';
import { routes } from './routes';

const database = await testDatabase();
const { owner, app } = database;
const api = apiOf(database);
const json = { 'content-type': 'application/json' };

async function errorOf(response: Response) {
  return { status: response.status, ...ErrorBody.parse(await response.json()).error };
}

describe('a request without a session', () => {
  test.each(routes.map(({ method, path }) => [method, path]))('%s %s is refused', async (method, path) => {
    const response = await api(method, path.replaceAll(/\{\w+\}/g, 'v-00000000000000000000'));
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
    expect(await errorOf(response)).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  test.each([
    ['a made-up access key', { authorization: 'Bearer cvk_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['a made-up cookie', { cookie: 'crossvault-3000.session=abc.def.ghi.jkl.mno' }],
  ])('but %s is refused', async (_title, headers) => {
    expect(await errorOf(await api('GET', '/me', { headers }))).toMatchObject({ status: 401 });
  });
});

describe('a session', () => {
  test('reads and writes for its user, in the account of its user', async () => {
    const { accountId, userId, resourceGroupId, headers } = await signedIn(database);
    expect(await (await api('GET', '/me', { headers })).json()).toMatchObject({
      account: { id: accountId },
      user: { id: userId },
    });
    const body = JSON.stringify({ name: 'ledger', region: 'cn-hangzhou', resourceGroupId });
    const made = await api('POST', '/vaults', { headers: { ...headers, ...json }, body });
    expect(made.status).toBe(201);
    expect(made.headers.get('cache-control')).toBe('no-store');
    const { id } = await made.json();
    expect(await (await api('GET', `/vaults/${id}`, { headers })).json()).toMatchObject({
      id,
      name: 'ledger',
    });
    const [row] = await owner.select().from(auditEvents).where(eq(auditEvents.resourceId, id));
    expect(row).toMatchObject({ accountId, actorId: userId, action: 'vaults.create' });
  });

  test.each([
    ['no Origin', {}],
    ['a foreign Origin', { origin: 'https://evil.example' }],
    ['the opaque Origin', { origin: 'null' }],
    ['the host on another port', { origin: 'http://console.test:3001' }],
  ])('changes nothing with %s', async (_title, given) => {
    const { headers, accountId } = await signedIn(database);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const target = routes.find((route) => route.method === method)!;
      const request = {
        headers: { cookie: headers.cookie, ...given, ...json },
        body: '{"name":"x","confirm":"x"}',
      };
      const response = await api(method, target.path.replaceAll(/\{\w+\}/g, 'x'), request);
      expect(await errorOf(response)).toMatchObject({ status: 403, reason: 'foreign_origin' });
    }
    const rows = await owner.select().from(auditEvents).where(eq(auditEvents.accountId, accountId));
    expect(rows.map((row) => row.action)).toEqual(['sessions.open']);
  });

  test('is worth nothing after its user signed out, was disabled or had every session ended', async () => {
    const ends = [
      ({ session }: Awaited<ReturnType<typeof signedIn>>) => signOut(app, systemClock, session),
      ({ userId }: Awaited<ReturnType<typeof signedIn>>) =>
        owner.update(users).set({ disabledAt: new Date() }).where(eq(users.id, userId)),
      ({ userId }: Awaited<ReturnType<typeof signedIn>>) =>
        owner.update(users).set({ sessionVersion: 7 }).where(eq(users.id, userId)),
    ];
    for (const end of ends) {
      const user = await signedIn(database, 'auditor');
      expect((await api('GET', '/me', { headers: user.headers })).status).toBe(200);
      await end(user);
      expect((await api('GET', '/me', { headers: user.headers })).status).toBe(401);
    }
  });

  test('loses a right with its role at the next request', async () => {
    const { headers, userId } = await signedIn(database, 'auditor');
    expect((await api('GET', '/audit-events', { headers })).status).toBe(200);
    await owner.update(users).set({ role: 'operator' }).where(eq(users.id, userId));
    expect(await errorOf(await api('GET', '/audit-events', { headers }))).toMatchObject({
      status: 403,
      reason: 'audit.read',
    });
  });
});

describe('an access key', () => {
  test('works without an Origin, does a repeated write once and leaves its name in the audit', async () => {
    const { accountId, userId, resourceGroupId } = await signedIn(database);
    const actor = { kind: 'user' as const, id: userId, name: 'Ada', userId, role: 'administrator' as const };
    const { secret } = await createAccessKey(createContext({ accountId, actor, db: app }), {
      name: 'nightly',
    });
    const headers = { authorization: `Bearer ${secret}`, 'idempotency-key': 'one', ...json };
    const create = (name: string) =>
      api('POST', '/vaults', {
        headers,
        body: JSON.stringify({ name, region: 'cn-hangzhou', resourceGroupId }),
      });
    const [first, again] = [await create('ledger'), await create('ledger')];
    expect(await again.json()).toEqual(await first.json());
    expect(await errorOf(await create('other'))).toMatchObject({
      status: 409,
      reason: 'idempotency_key_reused',
    });
    const rows = await owner.select().from(auditEvents).where(eq(auditEvents.action, 'vaults.create'));
    expect(rows.filter((row) => row.accountId === accountId)).toMatchObject([
      { actorKind: 'access_key', actorName: 'nightly' },
    ]);
  });
});

describe('bad input', () => {
  test.each<[string, RequestInit & { body: BodyInit }, object]>([
    ['no JSON type', { headers: { 'content-type': 'text/plain' }, body: '{}' }, { reason: 'not_json' }],
    ['broken JSON', { headers: json, body: '{"name":' }, { reason: 'not_json' }],
    ['a JSON array', { headers: json, body: '[]' }, { reason: 'not_json' }],
    ['bytes that are no text', { headers: json, body: new Uint8Array([0xff, 0xfe]) }, { reason: 'not_json' }],
    [
      'a declared body over 1 MiB',
      { headers: json, body: `{"name":"${'x'.repeat(1_048_576)}"}` },
      { reason: 'too_large' },
    ],
    ['wrong fields', { headers: json, body: '{"name":""}' }, { fields: { name: 'Enter a name.' } }],
    ['a NUL character', { headers: json, body: '{"name":"a\\u0000b"}' }, {}],
    [
      'keys of the prototype',
      { headers: json, body: '{"__proto__":{"name":"x"}}' },
      { fields: { name: expect.any(String) } },
    ],
  ])('%s is refused as such', async (_title, { headers, body }, expected) => {
    const user = await signedIn(database);
    const request = { headers: { ...user.headers, ...(headers as object) }, body };
    expect(await errorOf(await api('POST', '/resource-groups', request))).toMatchObject({
      status: 400,
      code: 'invalid_input',
      ...expected,
    });
  });

  test('a body without a declared length is read no further than 1 MiB', async () => {
    const user = await signedIn(database);
    let sent = 0;
    const body = new ReadableStream({
      pull: (controller) => {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(0x20));
      },
    });
    const response = await api('POST', '/resource-groups', { headers: { ...user.headers, ...json }, body });
    expect(await errorOf(response)).toMatchObject({ status: 400, reason: 'too_large' });
    expect(sent).toBeLessThan(2_000_000);
  });

  test.each([
    ['/vaults?limit=0', 'limit'],
    ['/vaults?sort=password', 'sort'],
    ['/vaults?cursor=bm9wZQ', 'cursor'],
  ])('GET %s is refused at its field', async (path, field) => {
    const { headers } = await signedIn(database);
    expect(await errorOf(await api('GET', path, { headers }))).toMatchObject({
      status: 400,
      fields: { [field]: expect.any(String) },
    });
  });

  test('a cursor with a value of another type is refused too', async () => {
    const { headers } = await signedIn(database);
    const cursor = Buffer.from('["no time","v-1"]').toString('base64url');
    expect(await errorOf(await api('GET', `/vaults?cursor=${cursor}`, { headers }))).toMatchObject({
      status: 400,
    });
  });
});

describe('an address', () => {
  test('that does not exist is not found, and one that knows other methods says which', async () => {
    expect(await errorOf(await api('GET', '/nothing/here'))).toMatchObject({ status: 404 });
    const response = await api('PUT', '/vaults');
    expect(response.headers.get('allow')).toBe('GET, POST');
    expect(response.status).toBe(405);
  });
});

describe('GET /audit-events/export', () => {
  test('downloads every event, over many pages', async () => {
    const { headers, accountId } = await signedIn(database);
    const event = {
      accountId,
      actorKind: 'user',
      actorId: 'u-1',
      actorName: '=1+1',
      requestId: 'r',
    } as const;
    const rows = Array.from({ length: 450 }, (_, index) => ({
      ...event,
      action: 'test.event',
      resourceKind: 'vault',
      resourceId: `v-${index}`,
    }));
    await owner.insert(auditEvents).values(rows);
    const response = await api('GET', '/audit-events/export?action=test.event', { headers });
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="crossvault-audit.csv"');
    const lines = (await response.text()).trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^time,action,/);
    expect(lines).toHaveLength(451);
    expect(new Set(lines.slice(1).map((line) => line.split(',')[6])).size).toBe(450);
    expect(lines[1]).toContain("'=1+1");
  });

  test('is refused before it starts for who may not read the audit', async () => {
    const { headers } = await signedIn(database, 'operator');
    expect(
      await errorOf(await api('GET', '/audit-events/export', { headers: { ...headers, origin } })),
    ).toMatchObject({ status: 403 });
  });
});
