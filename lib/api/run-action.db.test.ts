import { describe, expect, test } from 'vitest';
import { resourceGroups } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { createResourceGroup } from '@/lib/resource-groups';
import { signedIn, testSettings } from '@/lib/testing/web';
import { runAction } from './run-action';

const database = await testDatabase();
const door = { db: database.app, settings: testSettings };

describe('a server action', () => {
  test('answers what its verb answers, and a repeated request alike', async () => {
    const { headers } = await signedIn(database);
    const run = () => runAction(door, new Headers(headers), createResourceGroup, { name: 'team' }, 'key-1');
    const first = await run();
    expect(first).toMatchObject({ ok: true, data: { name: 'team' } });
    expect(await run()).toEqual(first);
  });

  test('answers a refusal as a value with its fields', async () => {
    const { headers } = await signedIn(database);
    const answer = await runAction(door, new Headers(headers), createResourceGroup, { name: '' });
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'invalid_input', fields: { name: 'Enter a name.' } },
    });
  });

  test.each([
    ['without a session', { cookie: '' }, 'unauthenticated'],
    ['without an Origin', { origin: '' }, 'forbidden'],
    ['from another site', { origin: 'https://evil.example' }, 'forbidden'],
  ])('does nothing %s', async (_title, given, code) => {
    const { headers, accountId } = await signedIn(database);
    const answer = await runAction(door, new Headers({ ...headers, ...given }), createResourceGroup, {
      name: 'evil',
    });
    expect(answer).toMatchObject({ ok: false, error: { code } });
    const groups = await database.owner.select().from(resourceGroups);
    expect(groups.filter((group) => group.accountId === accountId).map((group) => group.name)).toEqual([
      'default',
    ]);
  });

  test.each([undefined, null, 'text', 7, []])('refuses %j as input without a fault', async (input) => {
    const { headers } = await signedIn(database);
    const answer = await runAction(door, new Headers(headers), createResourceGroup, input as never);
    expect(answer).toMatchObject({ ok: false, error: { code: 'invalid_input' } });
  });
});
