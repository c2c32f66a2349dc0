import { expect, test } from 'vitest';
import { compare, showValue } from './compare';

test('fields of both sides are listed once, with what each held', () => {
  expect(compare({ name: 'a', state: 'on' }, { name: 'b', size: 3 })).toEqual([
    { field: 'name', before: 'a', after: 'b' },
    { field: 'state', before: 'on', after: undefined },
    { field: 'size', before: undefined, after: 3 },
  ]);
  expect(compare(null, null)).toEqual([]);
  expect(compare(null, ['x'])).toEqual([{ field: 'value', before: undefined, after: ['x'] }]);
});

test('a value is shown as text, and none as nothing', () => {
  expect([showValue('text'), showValue(3), showValue(['a']), showValue(null)]).toEqual([
    'text',
    '3',
    '[\n "a"\n]',
    null,
  ]);
});
