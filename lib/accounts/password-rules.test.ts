import { expect, test } from 'vitest';
import { findPasswordRefusal } from './password-rules';

const ada = { email: 'ada.byron@example.test', name: 'Ada Byron' };

test.each([
  ['short', /at least 12/],
  ['aaaaaaaaaaaaaaaa', /different/],
  ['ada.byron-is-me-2026', /your name/],
  ['my-Byron-password', /your name/],
])('%s is refused', (password, why) => {
  expect(findPasswordRefusal(password, ada)).toMatch(why);
});

test('a long one that has nothing to do with its owner is taken, and a short name forbids nothing', () => {
  expect(findPasswordRefusal('correct horse battery', ada)).toBeNull();
  expect(findPasswordRefusal('canada in the winter', ada)).toBeNull();
});
