import { DrizzleQueryError } from 'drizzle-orm/errors';
import { expect, test } from 'vitest';
import { describeError } from './errors';

test('an error is described with its cause and code, without the parameters of its query', () => {
  const cause = Object.assign(new Error('value too long'), { code: '22001' });
  const error = new DrizzleQueryError('insert into users values ($1)', ['one\nhunter2', 'hunter2'], cause);
  const text = JSON.stringify(describeError(error));
  expect(text).toContain('insert into users');
  expect(text).toContain('value too long');
  expect(text).not.toContain('hunter2');
  expect(describeError('text')).toBe('text');
});
