import type { ConflictPolicy } from './restore-options';

export type RestoreDecision = 'create' | 'overwrite' | 'skip' | 'keep_both';

/** What becomes of an entry at its destination. Times are compared to the microsecond, which is what a restore sets. */
export function decideRestore(
  policy: ConflictPolicy,
  entry: { mtimeNs: bigint },
  found: { mtimeNs: bigint } | null,
): RestoreDecision {
  if (!found) return 'create';
  if (policy !== 'only_if_newer') return policy;
  return entry.mtimeNs / 1000n > found.mtimeNs / 1000n ? 'overwrite' : 'skip';
}
