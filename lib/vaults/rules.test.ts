import { describe, expect, test } from 'vitest';
import { findRegion, knownRegions } from '@/lib/regions';
import { checkDelete, checkLock, checkUpdate, redundancyIn, type VaultFacts } from './rules';

const vault: VaultFacts = {
  id: 'v-0',
  name: 'ledger',
  kind: 'standard',
  status: 'created',
  isLocked: false,
  isReplicating: false,
  unexpiredPoints: 3,
};
const refusal = (check: () => void) => {
  try {
    check();
    return 'allowed';
  } catch (error) {
    const { code, reason } = error as { code: string; reason?: string };
    return reason ? `${code}: ${reason}` : code;
  }
};

describe('locking', () => {
  test.each<[string, Partial<VaultFacts>, string]>([
    ['a vault', {}, 'allowed'],
    ['a source that replicates', { isReplicating: true }, 'allowed'],
    ['a target whose replication has stopped', { kind: 'replication_target' }, 'allowed'],
    [
      'a target that still receives',
      { kind: 'replication_target', isReplicating: true },
      'state_conflict: replication_active',
    ],
    ['a locked vault', { isLocked: true }, 'state_conflict: already_locked'],
    ['a vault being set up', { status: 'initializing' }, 'state_conflict: vault_initializing'],
    ['a vault in error', { status: 'error' }, 'state_conflict: vault_error'],
    ['a vault being deleted', { status: 'deleting' }, 'state_conflict: vault_deleting'],
  ])('%s', (_title, facts, answer) => {
    expect(refusal(() => checkLock({ ...vault, ...facts }, 'ledger'))).toBe(answer);
  });
});

describe('deleting', () => {
  test.each<[string, Partial<VaultFacts>, string]>([
    ['a vault with points', {}, 'allowed'],
    ['a vault in error', { status: 'error' }, 'allowed'],
    ['a locked vault without unexpired points', { isLocked: true, unexpiredPoints: 0 }, 'allowed'],
    ['a locked vault with unexpired points', { isLocked: true }, 'locked'],
    ['a vault that replicates', { isReplicating: true }, 'state_conflict: replication_active'],
    ['a vault being set up', { status: 'initializing' }, 'state_conflict: vault_initializing'],
    ['a vault being deleted', { status: 'deleting' }, 'state_conflict: vault_deleting'],
  ])('%s', (_title, facts, answer) => {
    expect(refusal(() => checkDelete({ ...vault, ...facts }, 'ledger'))).toBe(answer);
  });
});

test.each([checkLock, checkDelete])('%o needs the name, typed exactly', (check) => {
  for (const typed of ['', 'Ledger', 'ledger '])
    expect(refusal(() => check(vault, typed))).toBe('invalid_input');
});

test('a vault is changed until it is being deleted', () => {
  expect(refusal(() => checkUpdate({ status: 'error' }))).toBe('allowed');
  expect(refusal(() => checkUpdate({ status: 'deleting' }))).toBe('state_conflict: vault_deleting');
});

test('a vault is zone-redundant where its packs are kept in several zones, and never by name alone', () => {
  const region = findRegion('cn-hangzhou')!;
  expect(redundancyIn({ ...region, zoneRedundancy: true })).toBe('ZRS');
  expect(redundancyIn({ ...region, zoneRedundancy: false })).toBe('LRS');
  for (const { zones, zoneRedundancy } of knownRegions()) expect(zoneRedundancy).toBe(zones > 1);
});
