import { expect, it } from 'vitest';
import { Lease } from './lease';
import { Slabs } from './slabs';

it('lays pieces beside each other in shared memory, and longer ones into memory of their own', () => {
  const lease = new Lease(new Slabs([100, 1000], 10_000));
  const [a, b, c, d] = [300, 700, 10, 5000].map((length) => lease.allocate(length));
  expect(a!.buffer).toBe(b!.buffer);
  expect(b!.byteOffset).toBe(300);
  expect(c!.buffer).not.toBe(a!.buffer);
  expect(d!.length).toBe(5000);
  expect(lease.allocate(20).buffer).toBe(c!.buffer);
});

it('gives its memory back when nobody holds it any more, and not before', () => {
  const slabs = new Slabs([1000], 10_000);
  const lease = new Lease(slabs);
  const { buffer } = lease.allocate(1000);
  lease.hold();
  lease.release();
  expect(slabs.take(1).buffer).not.toBe(buffer);
  lease.release();
  expect(slabs.take(1).buffer).toBe(buffer);
});
