import { formatBytes, formatPercent, formatRate } from '@/components/ui/format';
import { Progress } from '@/components/ui/progress';
import { Status, type StatusKind } from '@/components/ui/status';
import type { Disk } from '@/lib/disks/schemas';
import type { Image } from '@/lib/images/schemas';
import type { Server } from '@/lib/servers/schemas';

type Word = { kind: StatusKind; word: string };

export const diskStates: Record<Disk['state'], Word> = {
  creating: { kind: 'running', word: 'Creating' },
  available: { kind: 'success', word: 'Available' },
  resizing: { kind: 'running', word: 'Resizing' },
  restoring: { kind: 'running', word: 'Restoring' },
  deleting: { kind: 'running', word: 'Deleting' },
  error: { kind: 'danger', word: 'Error' },
};

export const serverStates: Record<Server['state'], Word> = {
  creating: { kind: 'running', word: 'Creating' },
  stopped: { kind: 'stopped', word: 'Stopped' },
  starting: { kind: 'running', word: 'Starting' },
  running: { kind: 'success', word: 'Running' },
  stopping: { kind: 'running', word: 'Stopping' },
  restoring: { kind: 'running', word: 'Restoring' },
  deleting: { kind: 'running', word: 'Deleting' },
  error: { kind: 'danger', word: 'Error' },
};

export const imageStates: Record<Image['state'], Word> = {
  creating: { kind: 'running', word: 'Registering' },
  available: { kind: 'success', word: 'Available' },
  deleting: { kind: 'running', word: 'Deleting' },
  error: { kind: 'danger', word: 'Error' },
};

export const optionsOf = (words: Record<string, Word>) =>
  Object.entries(words).map(([value, { word }]) => ({ value, label: word }));

interface StateCellProps {
  word: Word;
  reason: string | null;
  progress: Disk['progress'];
}

/** A state, why it is so, and how far what runs has come. */
export function StateCell({ word, reason, progress }: StateCellProps) {
  const isMeasured = progress !== null && progress.bytesTotal !== null && progress.bytesTotal > 0;
  return (
    <div className="min-w-28">
      <Status kind={word.kind} detail={reason ? <span className="block min-w-48">{reason}</span> : undefined}>
        {word.word}
        {isMeasured && ` ${formatPercent(progress.bytesDone / progress.bytesTotal!)}`}
      </Status>
      {isMeasured && (
        <Progress className="mt-1" label={word.word} fraction={progress.bytesDone / progress.bytesTotal!} />
      )}
      {isMeasured && progress.rateBytesPerSecond !== null && (
        <span className="text-muted text-sm tabular-nums">
          {formatBytes(progress.bytesDone)} · {formatRate(progress.rateBytesPerSecond)}
        </span>
      )}
    </div>
  );
}
