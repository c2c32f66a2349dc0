import { expect, test } from 'vitest';
import { formatTag, TagList } from './tags';

const tags = (count: number) => Array.from({ length: count }, (_, at) => ({ key: `k${at}`, value: 'v' }));
const problems = (value: unknown) =>
  TagList.safeParse(value).error?.issues.map(({ path }) => path.join('.')) ?? [];

test.each([
  ['twenty tags', tags(20), []],
  ['twenty-one tags', tags(21), ['']],
  ['a key without a value', [{ key: 'team' }], []],
  ['the longest key and value', [{ key: 'k'.repeat(128), value: 'v'.repeat(128) }], []],
  ['a key that is too long', [{ key: 'k'.repeat(129) }], ['0.key']],
  ['a value that is too long', [{ key: 'k', value: 'v'.repeat(129) }], ['0.value']],
  ['an empty key', [{ key: ' ' }], ['0.key']],
  [
    'a key twice',
    [
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
    ],
    ['1.key'],
  ],
  ['a key of the cloud', [{ key: 'aliyun-team' }, { key: 'ACS:x' }], ['0.key', '1.key']],
  ['acs inside a key', [{ key: 'my-acs:x' }], []],
])('%s', (_, value, expected) => {
  expect(problems(value)).toEqual(expected);
});

test('a tag reads as key and value', () => {
  expect([formatTag({ key: 'team', value: 'finance' }), formatTag({ key: 'team', value: '' })]).toEqual([
    'team=finance',
    'team',
  ]);
});
