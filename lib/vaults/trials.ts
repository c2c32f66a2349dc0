import { CrossvaultError } from '@/lib/errors';
import { trialDays } from './kinds';

/** After its end a trial keeps its points restorable this long; then the vault goes with its data. */
export const releaseAfterDays = 7;
/** Warnings before the end, in days. */
export const warningDays = [7, 1] as const;

const dayMs = 86_400_000;

/** When a trial made now ends, and when its vault is released unless it is kept. */
export function trialDates(createdAt: Date): { endsAt: Date; releasesAt: Date } {
  const endsAt = new Date(createdAt.getTime() + trialDays * dayMs);
  return { endsAt, releasesAt: new Date(endsAt.getTime() + releaseAfterDays * dayMs) };
}

/** Why a trial takes no more backups, or null; null also for a vault that is none. */
export function trialRefusal(endsAt: Date | null, now: Date): CrossvaultError | null {
  if (endsAt === null || now < endsAt) return null;
  return new CrossvaultError(
    'expired',
    'The trial of this vault has ended: it takes no new backups. Keep it as a standard vault to go on.',
    { reason: 'trial_ended' },
  );
}

/** What a trial vault's dates mean now, in words. */
export function trialInWords(
  trial: { endsAt: string; releasesAt: string; isKept: boolean },
  now: Date,
): { phase: 'running' | 'ended'; sentence: string } {
  const hasEnded = now >= new Date(trial.endsAt);
  if (trial.isKept) return { phase: 'running', sentence: 'When the trial ends it becomes a standard vault.' };
  return hasEnded
    ? {
        phase: 'ended',
        sentence:
          'The trial has ended: no new backups, and its points can be restored until the vault is released with all its data.',
      }
    : {
        phase: 'running',
        sentence: `Afterwards its points can be restored for ${releaseAfterDays} more days; then the vault is released with all its data, unless it is kept.`,
      };
}
