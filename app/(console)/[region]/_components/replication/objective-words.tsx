import { formatDuration } from '@/components/ui/format';
import { RelativeTime } from '@/components/ui/quantities';
import { Status, type StatusKind } from '@/components/ui/status';
import type { Replication } from '@/lib/replication/schemas';

type Objective = Replication['objective'];

const words: Record<Objective['state'], { kind: StatusKind; word: string }> = {
  none: { kind: 'off', word: 'None' },
  met: { kind: 'success', word: 'Met' },
  missed: { kind: 'danger', word: 'Missed' },
  recovering: { kind: 'warning', word: 'Met again, watched' },
};

export const objectiveWord = (state: Objective['state']) => words[state].word;

/** The objective and whether it is kept, in two short lines. */
export function ObjectiveCell({ replication }: { replication: Replication }) {
  const { objective, state } = replication;
  if (state === 'stopped') return <Status kind="off">Ended</Status>;
  const { kind, word } = words[objective.state];
  const span = objective.seconds === null ? null : `Objective ${formatDuration(objective.seconds)}`;
  return (
    <Status kind={kind} detail={span}>
      {word}
    </Status>
  );
}

/** The same with since when, and what the engine has not heard. */
export function ObjectiveValue({ replication: { objective } }: { replication: Replication }) {
  const { kind, word } = words[objective.state];
  if (objective.seconds === null) return 'None set';
  return (
    <>
      <Status kind={kind}>{word}</Status>
      <span className="mt-0.5 block text-muted text-sm">
        At most {formatDuration(objective.seconds)} behind
        {objective.missedSince && (
          <>
            {' '}
            · missed since <RelativeTime at={objective.missedSince} />
          </>
        )}
        {objective.settledAt && (
          <>
            {' '}
            · over <RelativeTime at={objective.settledAt} /> if it stays met
          </>
        )}
      </span>
    </>
  );
}
