import { expect, test } from 'vitest';
import { besideFolder, namesOfKey } from '@/lib/sources/schemas';
import { showEntryName, showEntryPath } from './shown-entry';

const encode = (names: Uint8Array[]) =>
  names.map((name) =>
    Array.from(name, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
const pathOf = (key: string) => encode(namesOfKey(Buffer.from(key))).join('/');
const nameOf = (name: Uint8Array) => Buffer.from(name).toString();

test.each(['a//b', '//', '/leading', '../above', 'dots/./x', '.', `${'long '.repeat(60)}/end`, 'ü/日本語'])(
  'the object %j is shown under its key',
  (key) => expect(showEntryPath('oss', pathOf(key))).toBe(key),
);

test('each part of a key is shown as it is, and an empty one by words', () => {
  const names = namesOfKey(Buffer.from('photos/../'));
  expect(names.map((name) => showEntryName('oss', nameOf(name)))).toEqual(['photos', '..', '(empty name)']);
  const [name] = namesOfKey(Buffer.from('both'));
  expect(showEntryName('oss', nameOf(besideFolder(name!)))).toBe('both');
  const [first] = namesOfKey(Buffer.from('p'.repeat(300)));
  expect(showEntryName('oss', nameOf(first!))).toBe('p'.repeat(250));
});

test('what cannot be seen stays written out, and a name that no key gives is shown as it is', () => {
  expect(showEntryPath('oss', pathOf('tab\tline\nbell\u0007'))).toBe('tab\\tline\\nbell\\u0007');
  expect(showEntryName('oss', 'a\u0001b')).toBe('a\\u0001b');
});

test('files are shown by their path from the root', () => {
  expect(showEntryPath('nas', 'a%01b/c')).toBe('/a\\u0001b/c');
  expect(showEntryName('nas', 'a\u0001')).toBe('a\\u0001');
});
