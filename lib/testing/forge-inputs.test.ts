import { expect, test } from 'vitest';
import { z } from 'zod';
import { forgeInputs } from './forge-inputs';

const forgery = { id: 'r-1', confirm: 'theirs' };

test('the id stands wherever something is named, also in lists and inside objects', () => {
  const input = z.object({
    vaultId: z.string(),
    ids: z.array(z.string()),
    within: z.object({ pointId: z.string(), count: z.number().int().min(3) }),
    confirm: z.string(),
    kind: z.enum(['a', 'b']),
  });
  const [forged, ...leaner] = forgeInputs(input, forgery);
  expect(leaner).toEqual([]);
  expect(forged).toEqual({
    vaultId: 'r-1',
    ids: ['r-1'],
    within: { pointId: 'r-1', count: 3 },
    confirm: 'theirs',
    kind: 'a',
  });
  expect(input.safeParse(forged).success).toBe(true);
});

test('fields that may be left out are left out once', () => {
  const input = z.object({ id: z.string(), groupId: z.string().optional() });
  expect(forgeInputs(input, forgery)).toEqual([{ id: 'r-1', groupId: 'r-1' }, { id: 'r-1' }]);
});

test('each branch of an input is forged', () => {
  const input = z.discriminatedUnion('mode', [
    z.object({ mode: z.literal('one'), id: z.string() }),
    z.object({ mode: z.literal('two'), other: z.string() }),
  ]);
  expect(forgeInputs(input, forgery)).toEqual([
    { mode: 'one', id: 'r-1' },
    { mode: 'two', other: 'r-1' },
  ]);
});
