import { expect, test } from 'vitest';
import { showPath } from './encoded-path';

test.each([
  ['srv/data/plan.txt', 'srv/data/plan.txt'],
  ['a%20b/%E4%BD%A0%E5%A5%BD', 'a b/你好'],
  ['two%0Alines%09tab', 'two\\nlines\\ttab'],
  ['cod%E2%80%AEtxt.exe', 'cod\\u202etxt.exe'],
  ['bell%07', 'bell\\u0007'],
  ['broken%FFname', 'broken\uFFFDname'],
  ['100%25', '100%'],
  ['', ''],
])('the path %s is shown as %s', (encoded, shown) => {
  expect(showPath(encoded)).toBe(shown);
});
