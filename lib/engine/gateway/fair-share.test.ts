import { expect, test } from 'vitest';
import { FairShare } from './fair-share';

/** A step that ends when told to. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('never runs more steps than it has places', async () => {
  const share = new FairShare(3);
  let running = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      share.run(`account-${i % 4}`, async () => {
        most = Math.max(most, ++running);
        await turn();
        running--;
      }),
    ),
  );
  expect(most).toBe(3);
});

test("lets another account's step in before the rest of a long queue", async () => {
  const share = new FairShare(1);
  const order: string[] = [];
  const first = gate();
  const work = [share.run('big', () => first.opened)];
  for (let i = 0; i < 100; i++) work.push(share.run('big', async () => void order.push('big')));
  await turn();
  work.push(share.run('small', async () => void order.push('small')));
  first.open();
  await Promise.all(work);
  expect(order.indexOf('small')).toBeLessThanOrEqual(1);
});

test('gives a free place to the account that is served least', async () => {
  const share = new FairShare(2);
  const order: string[] = [];
  const gates = [gate(), gate()];
  const work = [share.run('a', () => gates[0]!.opened), share.run('b', () => gates[1]!.opened)];
  work.push(share.run('a', async () => void order.push('a')));
  work.push(share.run('b', async () => void order.push('b')));
  await turn();
  gates[1]!.open();
  await turn();
  expect(order[0]).toBe('b');
  gates[0]!.open();
  await Promise.all(work);
});

test('gives its place back when a step fails', async () => {
  const share = new FairShare(1);
  await expect(share.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await share.run('a', async () => 'yes')).toBe('yes');
});
