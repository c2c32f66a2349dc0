import { userInfo } from 'node:os';
import { type ConfirmedClock, confirmClock, readClock } from '@/lib/engine/clock/confirm-clock';
import { readEnv } from '@/lib/env';
import { connectAsOwner } from '../operator/connect';
import { Problem } from '../setup/problem.mjs';

/** `npm run confirm-clock`: tells what the clock would let go of; with `--yes` the clock is believed from now on. */
export async function run(args: string[]): Promise<void> {
  if (args.some((arg) => arg !== '--yes')) throw new Problem('Use: npm run confirm-clock [-- --yes]');
  const isConfirmed = args.includes('--yes');
  const owner = await connectAsOwner(readEnv(), 'crossvault-confirm-clock');
  try {
    const found = isConfirmed ? await confirmClock(owner, userInfo().username) : await readClock(owner);
    for (const line of describeClock(found, isConfirmed)) console.log(line);
  } finally {
    await owner.$client.end({ timeout: 5 });
  }
}

export function describeClock(
  { now, trustedAt, wasHeld, duePoints }: ConfirmedClock,
  isConfirmed: boolean,
): string[] {
  const lines = [
    `The database's clock says ${now.toISOString()}.`,
    trustedAt
      ? `Time that is vouched for: until ${trustedAt.toISOString()}.`
      : 'No engine has compared it yet.',
  ];
  if (!wasHeld) return [...lines, 'The clock is believed: there is nothing to confirm.'];
  const points = `${duePoints} backup point${duePoints === 1 ? '' : 's'}`;
  return isConfirmed
    ? [...lines, `Confirmed. ${points} whose retention has ended by this clock will be deleted now.`]
    : [
        ...lines,
        `It is ahead of the time that has passed, so nothing expires. If it is right, ${points} will be deleted when you confirm it:`,
        '  npm run confirm-clock -- --yes',
        'If it is wrong, set it right; nothing else is needed.',
      ];
}
