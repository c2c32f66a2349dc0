import { describe, expect, test } from 'vitest';
import { ProgressMeter, secondsLeft } from './progress-meter';

function meterAt() {
  let nowMs = 1000;
  const meter = new ProgressMeter(() => nowMs);
  return { meter, advance: (ms: number) => (nowMs += ms) };
}

describe('progress', () => {
  test('measures its rate over the last ten seconds', () => {
    const { meter, advance } = meterAt();
    let last = meter.sample();
    expect(last.rateBytesPerSecond).toBeNull();
    for (let second = 0; second < 30; second++) {
      advance(1000);
      meter.bytesDone += second < 15 ? 1000 : 5000;
      last = meter.sample();
      if (second === 14) expect(last.rateBytesPerSecond).toBe(1000);
    }
    expect(last.rateBytesPerSecond).toBe(5000);
  });

  test('tells the time left only once totals and a rate are known', () => {
    const { meter, advance } = meterAt();
    expect(secondsLeft(meter.sample())).toBeNull();
    advance(1000);
    meter.bytesDone = 100;
    expect(secondsLeft(meter.sample())).toBeNull();
    meter.setTotals(1100, 10);
    advance(1000);
    meter.bytesDone = 200;
    expect(secondsLeft(meter.sample())).toBe(9);
    advance(60_000);
    meter.sample();
    advance(11_000);
    expect(meter.sample().rateBytesPerSecond).toBe(0);
    expect(secondsLeft(meter.sample())).toBeNull();
  });

  test('says when there is more than an earlier backup had: then it has to be counted', () => {
    const { meter } = meterAt();
    expect(meter.isWithinTotals).toBe(false);
    meter.setTotals(null, 2);
    expect(meter.isWithinTotals).toBe(false);
    meter.setTotals(10, 2);
    meter.bytesDone = 10;
    meter.itemsDone = 2;
    expect(meter.isWithinTotals).toBe(true);
    meter.itemsDone = 3;
    expect(meter.isWithinTotals).toBe(false);
    meter.setTotals(10, 3);
    meter.bytesDone = 11;
    expect(meter.isWithinTotals).toBe(false);
  });

  test('never shows more done than there is', () => {
    const { meter } = meterAt();
    meter.setTotals(10, 1);
    meter.bytesDone = 25;
    meter.itemsDone = 2;
    expect(meter.sample()).toMatchObject({ bytesDone: 25, bytesTotal: 25, itemsDone: 2, itemsTotal: 2 });
  });
});
