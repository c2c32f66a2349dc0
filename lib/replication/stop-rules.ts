import type { Replication } from './schemas';

/** What the dialog says before the name is typed. */
export function stopConsequences(
  replication: Pick<Replication, 'source' | 'target' | 'lag' | 'history'>,
): string[] {
  const { source, target, lag, history } = replication;
  const missing = history.pointsTotal - history.pointsDone + lag.points;
  return [
    'A stopped replication cannot be resumed, and the target vault cannot be used for another one.',
    ...(missing > 0
      ? [
          `${missing} backup point${missing === 1 ? ' has' : 's have'} not arrived and will not be copied any more.`,
        ]
      : []),
    `What is in ${target.vaultName} stays restorable until its retention ends, and can be deleted by hand from then on.`,
    `${source.vaultName} can then be deleted, or replicated to a new target vault from the beginning.`,
  ];
}
