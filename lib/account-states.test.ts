import { describe, expect, test } from 'vitest';
import {
  type AccountState,
  type Activity,
  accountStates,
  describeState,
  findStateRefusal,
} from './account-states';
import { activities, permissions } from './permissions';

const allowed: [AccountState, Activity[], Activity[]][] = [
  ['active', ['read', 'own', 'restore', 'stop', 'delete', 'manage', 'store', 'share'], []],
  ['overdue', ['read', 'own', 'restore', 'stop', 'delete', 'manage'], ['store', 'share']],
  ['suspended', ['read', 'own', 'restore'], ['stop', 'delete', 'manage', 'store', 'share']],
  ['closed', [], ['read', 'own', 'restore', 'stop', 'delete', 'manage', 'store', 'share']],
];

describe.each(allowed)('an account that is %s', (state, goesOn, stopped) => {
  test.each(goesOn.map((activity) => [activity]))('goes on with: %s', (activity) => {
    expect(findStateRefusal(state, activity)).toBeNull();
  });

  test.each(stopped.map((activity) => [activity]))('refuses, with its reason: %s', (activity) => {
    const refusal = findStateRefusal(state, activity);
    expect(refusal?.reason).toBe(`account_${state}`);
    expect(refusal?.message).toContain(`The account is ${state}: `);
  });
});

test('every state says what is stopped, what goes on and the way out', () => {
  for (const state of accountStates) {
    if (state === 'active') continue;
    for (const sentence of Object.values(describeState(state))) expect(sentence.length).toBeGreaterThan(10);
  }
});

test('every permission belongs to one activity', () => {
  expect(Object.keys(activities).sort()).toEqual(Object.keys(permissions).sort());
});

test.each([
  ['backup.run', 'store'],
  ['vaults.create', 'store'],
  ['replication.start', 'share'],
  ['shares.manage', 'share'],
  ['restore.run', 'restore'],
  ['clients.manage', 'restore'],
  ['replication.stop', 'stop'],
  ['points.delete', 'delete'],
  ['vaults.delete', 'delete'],
] as const)('the permission %s is about: %s', (permission, activity) => {
  expect(activities[permission]).toBe(activity);
});
