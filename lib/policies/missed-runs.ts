interface Missed {
  count: number;
  lastAt: Date;
  reason: string;
  explanation: string;
}

/**
 * Whether to tell people of missed runs: when the reason is a new one for what is bound, and once a day while it lasts. A
 * host that is away for a week with an hourly rule is told seven times, not a hundred and sixty.
 */
export function isNews(
  missed: Pick<Missed, 'reason' | 'lastAt'>,
  previous: { state: string; reason: string | null; runAt: Date } | null,
): boolean {
  if (previous?.state !== 'missed' || previous.reason !== missed.reason) return true;
  return previous.runAt.toISOString().slice(0, 10) !== missed.lastAt.toISOString().slice(0, 10);
}

export function describeMissed(
  { count, explanation }: Missed,
  { policy, source, vault }: { policy: { name: string }; source: { name: string }; vault: { name: string } },
): { title: string; body: string } {
  const runs = count === 1 ? 'A run' : `${count > 1000 ? 'Over 1,000' : count} runs`;
  return {
    title: `${runs} of the policy ${policy.name} for ${source.name} ${count === 1 ? 'was' : 'were'} missed`,
    body: `${explanation} Nothing was backed up into ${vault.name}. Missed runs are not made up: the next one is at its time.`,
  };
}
