import { DrizzleQueryError } from 'drizzle-orm/errors';
import { expect, test } from 'vitest';
import { CrossvaultError } from '@/lib/errors';
import { SideError } from './sides';
import { AccessRevoked, reasonOf, tellBothSides, tellOwner } from './tell-error';

const keyGone = new CrossvaultError('key_unavailable', 'Its key alias/payroll is disabled.');
const failedQuery = new DrizzleQueryError('insert into packs values ($1)', ['v-secret'], new Error('broken'));

test('neither side learns the name of the key that the other one has disabled', () => {
  const error = new SideError('source', keyGone);
  expect(reasonOf(error)).toBe('source_key_unavailable');
  for (const tell of [tellBothSides, tellOwner]) {
    expect(tell(error)).toBe('The key of the source vault cannot be used.');
  }
});

test('nobody is shown a query or its parameters', () => {
  for (const error of [failedQuery, new SideError('target', failedQuery), 'text']) {
    for (const tell of [tellBothSides, tellOwner]) expect(tell(error)).toMatch(/^A step failed inside/);
  }
});

test('an account reads what its own vault met, and that access was withdrawn', () => {
  expect(tellOwner(keyGone)).toContain('alias/payroll');
  expect(tellOwner(new AccessRevoked())).toBe(tellBothSides(new AccessRevoked()));
});
