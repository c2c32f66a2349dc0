import { expect, test } from 'vitest';
import { decideRestore } from './restore-decision';

const at = (mtimeNs: bigint) => ({ mtimeNs });

test.each([
  ['overwrite', null, 'create'],
  ['skip', null, 'create'],
  ['overwrite', 1n, 'overwrite'],
  ['skip', 1n, 'skip'],
  ['keep_both', 1n, 'keep_both'],
  ['only_if_newer', 1_999_999n, 'overwrite'],
  ['only_if_newer', 2_000_000n, 'skip'],
  ['only_if_newer', 2_000_999n, 'skip'],
  ['only_if_newer', 3_000_000n, 'skip'],
] as const)('%s with what is there from %s: %s', (policy, found, decision) => {
  expect(decideRestore(policy, at(2_000_500n), found === null ? null : at(found))).toBe(decision);
});
