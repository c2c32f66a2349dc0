import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodePath, encodePath, selectionBelowRoot } from './selection';

type Selection = Parameters<typeof selectionBelowRoot>[0];

function takes(selection: Selection, path: string): boolean {
  let below: ReturnType<typeof selectionBelowRoot> | null = selectionBelowRoot(selection);
  for (const name of path.split('/')) below = below?.enter(Buffer.from(name)) ?? null;
  return below !== null;
}

describe('a selection', () => {
  test('of everything takes everything', () => {
    expect(takes({ mode: 'all' }, 'srv/data/x')).toBe(true);
  });

  test.each([
    ['srv', true],
    ['srv/data', true],
    ['srv/data/deep/down', true],
    ['srv/other', false],
    ['etc', false],
    ['var/log/syslog', true],
    ['var/log/messages', false],
  ])('of chosen items takes them, what is below them and the way to them: %s %s', (path, expected) => {
    expect(takes({ mode: 'include', paths: ['srv/data', 'var/log/syslog'] }, path)).toBe(expected);
  });

  test.each([
    ['srv', true],
    ['srv/data', false],
    ['srv/data/deep', false],
    ['srv/other', true],
    ['srv/dat', true],
  ])('of all but some leaves them and what is below them: %s %s', (path, expected) => {
    expect(takes({ mode: 'exclude', paths: ['srv/data'] }, path)).toBe(expected);
  });

  test('of the root takes all, and all but the root takes nothing', () => {
    expect(takes({ mode: 'include', paths: [''] }, 'a')).toBe(true);
    expect(takes({ mode: 'exclude', paths: [''] }, 'a')).toBe(false);
  });

  test('matches raw bytes, not text', () => {
    const below = selectionBelowRoot({ mode: 'include', paths: ['%FF%FEx'] });
    expect(below.enter(Buffer.from([0xff, 0xfe, 0x78]))).not.toBeNull();
    expect(below.enter(Buffer.from('\ufffd\ufffdx'))).toBeNull();
  });

  test('refuses a path that leads out of the point', () => {
    for (const path of ['..', 'a/../b', '%2E%2E', 'a%2Fb', '%00'])
      expect(() => selectionBelowRoot({ mode: 'include', paths: [path] })).toThrow('not a path');
  });
});

test('encoded paths name every raw name and come back the same', () => {
  const name = fc
    .uint8Array({ minLength: 1, maxLength: 40 })
    .filter(
      (n) => !n.includes(0) && !n.includes(47) && !['.', '..'].includes(Buffer.from(n).toString('latin1')),
    );
  fc.assert(
    fc.property(fc.array(name, { maxLength: 5 }), (names) => {
      const encoded = encodePath(names);
      expect(encoded).toMatch(/^(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})*$/);
      expect(decodePath(encoded)).toEqual(names.map((n) => Buffer.from(n)));
    }),
  );
});
