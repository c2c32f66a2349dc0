import { describe, expect, test } from 'vitest';
import { capacityChangeRefusal, capacityRefusal, gibBytes, isOverThreshold, toCapacity } from './capacity';

const vault = {
  capacityBytes: 10 * gibBytes,
  storedBytes: 6 * gibBytes,
  reservedBytes: gibBytes,
  thresholdPercent: 80,
  isAutoExpanding: false,
};

describe('the capacity of a vault', () => {
  test('free is what is neither used nor promised', () => {
    expect(toCapacity(vault)).toMatchObject({ usedBytes: 6 * gibBytes, freeBytes: 3 * gibBytes });
    expect(toCapacity({ ...vault, capacityBytes: null })).toBeNull();
    expect(toCapacity({ ...vault, storedBytes: 11 * gibBytes })?.freeBytes).toBe(0);
  });

  test('a backup goes in where free space is larger than it, not where it is equal', () => {
    expect(capacityRefusal(vault, 3 * gibBytes - 1)).toBeNull();
    expect(capacityRefusal(vault, 3 * gibBytes)).toMatchObject({
      code: 'quota_exceeded',
      reason: 'vault_capacity_exceeded',
      message: expect.stringContaining('3.0 GiB free'),
    });
    expect(capacityRefusal({ ...vault, isAutoExpanding: true }, 100 * gibBytes)).toBeNull();
    expect(capacityRefusal({ ...vault, reservedBytes: 4 * gibBytes }, 0)?.message).toContain('full');
  });

  test('it is never set below what the vault holds and has promised', () => {
    expect(capacityChangeRefusal(vault, 7 * gibBytes)).toBeNull();
    expect(capacityChangeRefusal(vault, 7 * gibBytes - 1)?.fields).toEqual({
      capacityGib: 'Enter at least 7 GiB.',
    });
  });

  test('the threshold is reached with the share it names', () => {
    expect(isOverThreshold(vault)).toBe(false);
    expect(isOverThreshold({ ...vault, storedBytes: 7 * gibBytes })).toBe(true);
    expect(isOverThreshold({ ...vault, capacityBytes: null })).toBe(false);
  });
});
