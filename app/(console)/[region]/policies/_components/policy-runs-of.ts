import type { Policy, PolicyRun } from '@/lib/policies/schemas';

/** The first of the next runs of all bindings. */
export function nextRunOf({ bindings }: Policy) {
  const planned = bindings.flatMap(({ nextRun }) => nextRun ?? []);
  return planned.sort((a, b) => a.at.localeCompare(b.at))[0] ?? null;
}

/** The last run over all bindings; of those at the same time, one that went wrong. */
export function lastRunOf({ bindings }: Policy): PolicyRun | null {
  const rank = ({ state }: PolicyRun) => (state === 'complete' ? 1 : 0);
  const runs = bindings.flatMap(({ lastRun }) => lastRun ?? []);
  return runs.sort((a, b) => b.runAt.localeCompare(a.runAt) || rank(a) - rank(b))[0] ?? null;
}
