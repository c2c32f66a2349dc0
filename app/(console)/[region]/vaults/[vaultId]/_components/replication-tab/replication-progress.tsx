import { Timer } from 'lucide-react';
import { ObjectiveValue } from '@/app/(console)/[region]/_components/replication/objective-words';
import type { useReplicationActions } from '@/app/(console)/[region]/_components/replication/use-replication-actions';
import { explainWaiting } from '@/components/console/flow-picture/flow-state';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Id } from '@/components/ui/copyable';
import { formatBytes, formatDuration, plural } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { TransferProgress } from '@/components/ui/progress';
import { Bytes, Rate, RelativeTime } from '@/components/ui/quantities';
import { Summary, type SummaryItem } from '@/components/ui/summary';
import type { Replication } from '@/lib/replication/schemas';

interface ReplicationProgressProps {
  replication: Replication;
  actions: ReturnType<typeof useReplicationActions>;
}

/** History, lag and pace of a replication in numbers. */
export function ReplicationProgress({ replication, actions }: ReplicationProgressProps) {
  const { history, current, state, waitingReason, waitingSince, lastError, nextTryAt } = replication;
  const isRunning = state === 'active' && !waitingReason;
  return (
    <Panel
      title="Progress"
      actions={
        state === 'active' && (
          <Button
            size="sm"
            icon={<Timer />}
            disabledReason={actions.refusalsOf(replication).objective}
            onClick={() => actions.start('objective', replication)}
          >
            Set objective
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-5">
        {waitingReason && (
          <Callout kind="warning" title="This replication waits">
            {explainWaiting(waitingReason, replication.side)}
            {waitingSince && (
              <>
                {' '}
                Since <RelativeTime at={waitingSince} />.
              </>
            )}{' '}
            {nextTryAt ? (
              <>
                Tried again <RelativeTime at={nextTryAt} />.
              </>
            ) : (
              'It goes on by itself as soon as that is done.'
            )}
          </Callout>
        )}
        {lastError && isRunning && (
          <Callout kind="warning" title="The last step failed">
            {lastError} It is tried again by itself; what has arrived is safe.
          </Callout>
        )}
        <Unwatched objective={replication.objective} sourceName={replication.source.vaultName} />
        <Lag replication={replication} />
        {!history.completedAt && (
          <TransferProgress
            label={`History: ${history.pointsDone} of ${plural(history.pointsTotal, 'point')}`}
            doneBytes={history.bytesDone}
            totalBytes={history.bytesTotal || null}
            rateBytesPerSecond={isRunning ? replication.rateBytesPerSecond : null}
            secondsLeft={replication.secondsLeft}
            lastProgressAt={isRunning ? replication.lastStepAt : null}
          />
        )}
        {current && history.completedAt && (
          <TransferProgress
            label="Copying a new point"
            doneBytes={current.bytesDone}
            totalBytes={current.bytesTotal || null}
            rateBytesPerSecond={replication.rateBytesPerSecond}
            secondsLeft={replication.secondsLeft}
          />
        )}
        <Summary items={toItems(replication)} />
      </div>
    </Panel>
  );
}

function toItems(replication: Replication): SummaryItem[] {
  const { history } = replication;
  return [
    {
      label: 'History',
      value: history.completedAt ? (
        <>
          100 %, since <RelativeTime at={history.completedAt} />
        </>
      ) : (
        `${history.percent} %`
      ),
    },
    ...(replication.state === 'active'
      ? [{ label: 'Recovery point objective', value: <ObjectiveValue replication={replication} /> }]
      : []),
    { label: 'Newest replicated point', value: <RelativeTime at={replication.newestPointAt} /> },
    { label: 'Copied in all', value: <Bytes value={replication.copiedBytes} /> },
    {
      label: 'Rate now',
      value: replication.current ? <Rate bytesPerSecond={replication.rateBytesPerSecond} /> : 'Nothing moves',
    },
    { label: 'Started', value: <RelativeTime at={replication.createdAt} /> },
    { label: 'Last step', value: <RelativeTime at={replication.lastStepAt} /> },
    ...(replication.stoppedAt
      ? [{ label: 'Stopped', value: <RelativeTime at={replication.stoppedAt} /> }]
      : []),
    { label: 'Replication id', value: <Id value={replication.id} /> },
  ];
}

/** What has not been heard: of the engine, or of the source. */
function Unwatched({ objective, sourceName }: { objective: Replication['objective']; sourceName: string }) {
  if (objective.unheardSince) {
    return (
      <Callout kind="danger" title="No engine works on this replication">
        Nothing has been heard since <RelativeTime at={objective.unheardSince} />. What has arrived is safe.
        The operator of this installation has to look at its engine.
      </Callout>
    );
  }
  if (!objective.silentSince) return null;
  return (
    <Callout kind="warning" title={`Nothing new comes from ${sourceName}`}>
      No backup point has been made there for more than {plural(objective.silenceDays ?? 0, 'day')}. Its
      backups may have stopped, or its account may be lost.
    </Callout>
  );
}

/** The numbers people come for, large. */
function Lag({ replication }: { replication: Replication }) {
  const { state, lag } = replication;
  if (state === 'stopped') return null;
  const isBehind = lag.points > 0;
  const parts = [
    { label: 'Behind by', value: isBehind ? formatDuration(lag.seconds) : 'Up to date' },
    { label: 'Points to copy', value: String(lag.points) },
    { label: 'Bytes to copy', value: formatBytes(lag.bytes) },
  ];
  return (
    <dl className="grid grid-cols-3 gap-x-8 gap-y-3">
      {parts.map(({ label, value }) => (
        <div key={label} className="min-w-0">
          <dt className="text-muted text-sm">{label}</dt>
          <dd className="mt-0.5 font-semibold text-xl tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
