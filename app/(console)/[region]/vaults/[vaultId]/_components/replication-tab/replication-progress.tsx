import { explainWaiting } from '@/components/console/flow-picture/flow-state';
import { Callout } from '@/components/ui/callout';
import { Id } from '@/components/ui/copyable';
import { formatBytes, formatDuration, plural } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { TransferProgress } from '@/components/ui/progress';
import { Bytes, Rate, RelativeTime } from '@/components/ui/quantities';
import { Summary, type SummaryItem } from '@/components/ui/summary';
import type { Replication } from '@/lib/replication/schemas';

/** History, lag and pace of a replication in numbers. */
export function ReplicationProgress({ replication }: { replication: Replication }) {
  const { history, current, state, waitingReason, waitingSince, lastError } = replication;
  const isRunning = state === 'active' && !waitingReason;
  return (
    <Panel title="Progress">
      <div className="flex flex-col gap-5">
        {waitingReason && (
          <Callout kind="warning" title="This replication waits">
            {explainWaiting(waitingReason, replication.side)}
            {waitingSince && (
              <>
                {' '}
                Since <RelativeTime at={waitingSince} />.
              </>
            )}
          </Callout>
        )}
        {lastError && isRunning && (
          <Callout kind="warning" title="The last step failed">
            {lastError} It is tried again by itself; what has arrived is safe.
          </Callout>
        )}
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
