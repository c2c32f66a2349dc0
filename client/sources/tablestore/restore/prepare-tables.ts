import { setTimeout as delay } from 'node:timers/promises';
import { CrossvaultError } from '@/lib/errors';
import { infMax, infMin, keyOf, type TableSchema } from '../model';
import type { WideColumnSource } from '../wide-column-source';
import type { TablePlan } from './plan-table';
import type { RestoreState } from './restore-state';

/** A table that was just made cannot be written to for a while. */
const readyWithinMs = 3 * 60_000;
const lookEveryMs = 1_000;
const putBackWithinMs = 60_000;

export async function findTable(
  source: WideColumnSource,
  table: string,
  signal: AbortSignal,
): Promise<TableSchema | null> {
  try {
    return await source.describeTable(table, signal);
  } catch (error) {
    if (error instanceof CrossvaultError && error.reason === 'table_missing') return null;
    throw error;
  }
}

/** Makes the table, or widens what it takes, and remembers what is to be put back. */
export async function prepareTable(
  source: WideColumnSource,
  { to, create, options, file }: TablePlan,
  state: RestoreState,
  signal: AbortSignal,
): Promise<void> {
  const isWidened = options.during.maxVersionOffsetSeconds !== options.after.maxVersionOffsetSeconds;
  // After a crash the table has the wide option already, and the first one is what counts.
  if (isWidened && !(to in state.changedOptions)) await state.rememberOptions(to, options.after);
  if (!create) {
    if (isWidened) await source.setOptions(to, options.during, signal);
    return;
  }
  await source.createTable(to, create, signal).catch(async (error) => {
    // The answer was lost, or an attempt before this one made it.
    if (!(await findTable(source, to, signal))) throw error;
  });
  await waitUntilReady(source, to, file.schema, signal);
}

async function waitUntilReady(
  source: WideColumnSource,
  table: string,
  { key }: TableSchema,
  signal: AbortSignal,
): Promise<void> {
  const range = { start: keyOf(key, infMin), end: keyOf(key, infMax) };
  const giveUpAt = performance.now() + readyWithinMs;
  for (;;) {
    try {
      await source.readPage(table, range, { maxVersions: 1, rows: 1 }, signal);
      return;
    } catch (error) {
      const isComing = error instanceof CrossvaultError && error.reason === 'table_missing';
      if (!isComing || performance.now() > giveUpAt) throw error;
      await delay(lookEveryMs, undefined, { signal });
    }
  }
}

/** Also after a failure, and when the job was cancelled: so it has its own time. @returns tables that could not be put back. */
export async function putOptionsBack(source: WideColumnSource, state: RestoreState): Promise<string[]> {
  const failed: string[] = [];
  const signal = AbortSignal.timeout(putBackWithinMs);
  for (const [table, options] of Object.entries(state.changedOptions)) {
    try {
      await source.setOptions(table, options, signal);
      await state.forgetOptions(table);
    } catch {
      failed.push(table);
    }
  }
  return failed;
}
