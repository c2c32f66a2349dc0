import { warningsDue } from '@/lib/notifications/schemas';
import { warningDays } from './schemas';

export interface TrialFacts {
  endsAt: Date;
  releasesAt: Date;
  isKept: boolean;
  /** How much of its end the account has been told: see the column `trial_told`. */
  told: number;
}

export type TrialStep =
  | { kind: 'warn'; told: number }
  | { kind: 'keep' }
  | { kind: 'end'; told: number }
  | { kind: 'release' };

/** What a trial's time asks for now, or null. After a pause of the engine only the latest of several warnings is given. */
export function planTrial({ endsAt, releasesAt, isKept, told }: TrialFacts, now: Date): TrialStep | null {
  const ended = warningDays.length + 1;
  if (now >= endsAt && isKept) return { kind: 'keep' };
  if (now >= releasesAt) return { kind: 'release' };
  if (now >= endsAt) return told < ended ? { kind: 'end', told: ended } : null;
  const due = warningsDue(endsAt, warningDays, now);
  return due > told ? { kind: 'warn', told: due } : null;
}
