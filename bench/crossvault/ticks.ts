import type { Measurement } from '../measure';
import { median } from '../median';
import type { Installation } from './installation';
import { waitFor } from './wait-for';

const ticks = 20;

/** The median time from waking an account with nothing to do until its tick has ended and its lease is back. */
export async function timeEmptyTicks({ owner }: Installation, accountId: string): Promise<Measurement> {
  const seconds: number[] = [];
  const read = async () => {
    const [ticker] = await owner.$client`
      select fence::int, lease_owner is null as "isIdle" from tickers where account_id = ${accountId}`;
    return ticker as unknown as { fence: number; isIdle: boolean };
  };
  for (let n = 0; n < ticks; n++) {
    const { fence } = await waitFor(async () => {
      const ticker = await read();
      return ticker.isIdle && ticker;
    });
    const startedAt = performance.now();
    await owner.$client`select wake_ticker(${accountId})`;
    await waitFor(async () => {
      const ticker = await read();
      return ticker.fence > fence && ticker.isIdle;
    }, 1);
    seconds.push((performance.now() - startedAt) / 1000);
  }
  return { seconds: median(seconds) };
}
