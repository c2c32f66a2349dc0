'use client';

import { Callout } from '@/components/ui/callout';
import { RelativeTime, Time } from '@/components/ui/quantities';
import { useNow } from '@/components/ui/use-now';
import { trialInWords, type Vault } from '@/lib/vaults/schemas';

/** When a trial ends and what comes then; nothing for other vaults. */
export function TrialNotice({ vault: { trial } }: { vault: Vault }) {
  const now = useNow(60_000);
  if (!trial || !now) return null;
  const { phase, sentence } = trialInWords(trial, now);
  return (
    <Callout
      kind={phase === 'ended' ? 'warning' : 'info'}
      title={phase === 'ended' ? 'The trial has ended' : 'This is a trial'}
      className="mb-5"
    >
      {phase === 'running' && (
        <>
          It takes backups until <Time at={trial.endsAt} />.{' '}
        </>
      )}
      {sentence}
      {!trial.isKept && (
        <>
          {' '}
          That is on <Time at={trial.releasesAt} />.
        </>
      )}
    </Callout>
  );
}

/** For a row of the list. */
export function TrialDates({ trial }: { trial: NonNullable<Vault['trial']> }) {
  const now = useNow(60_000);
  if (!now) return null;
  const hasEnded = now >= new Date(trial.endsAt);
  if (trial.isKept)
    return (
      <>
        Becomes standard <RelativeTime at={trial.endsAt} />
      </>
    );
  return hasEnded ? (
    <>
      Ended; released <RelativeTime at={trial.releasesAt} />
    </>
  ) : (
    <>
      Ends <RelativeTime at={trial.endsAt} />
    </>
  );
}
