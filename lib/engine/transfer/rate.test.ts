import { describe, expect, it } from 'vitest';
import { RateWindow } from './rate';

describe('RateWindow', () => {
  it('measures over the window only, so that an early burst is forgotten', () => {
    const rate = new RateWindow(10_000);
    rate.record(0, 0);
    rate.record(1000, 100_000_000);
    for (let second = 2; second <= 20; second++) rate.record(second * 1000, 100_000_000 + second * 500);
    expect(rate.bytesPerSecond()).toBe(500);
  });

  it('is 0 until there are two moments to compare', () => {
    const rate = new RateWindow();
    expect(rate.bytesPerSecond()).toBe(0);
    rate.record(5, 10);
    expect(rate.bytesPerSecond()).toBe(0);
  });
});
