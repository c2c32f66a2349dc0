import { formatBytes, formatRate, formatSeconds } from './format';
import { type ProgressSnapshot, secondsLeft } from './jobs/progress-meter';

export interface ProgressDisplay {
  show(progress: ProgressSnapshot): void;
  /** Leaves the last state behind. */
  end(): void;
}

const plainEveryMs = 5000;

/** What is done, of how much, how fast, and how long it will still take. */
export function describeProgress(progress: ProgressSnapshot): string {
  const { bytesDone, bytesTotal, itemsDone, itemsTotal, transferredBytes, rateBytesPerSecond } = progress;
  const count = (n: number) => n.toLocaleString('en');
  const left = secondsLeft(progress);
  return [
    bytesTotal === null
      ? itemsTotal === null
        ? 'counting'
        : 'streaming'
      : bytesTotal === 0
        ? '100%'
        : `${Math.floor((100 * bytesDone) / bytesTotal)}%`,
    bytesTotal === null ? formatBytes(bytesDone) : `${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}`,
    itemsTotal === null ? `${count(itemsDone)} files` : `${count(itemsDone)} of ${count(itemsTotal)} files`,
    `${formatBytes(transferredBytes)} sent`,
    formatRate(rateBytesPerSecond),
    left === null ? '' : `${formatSeconds(left)} left`,
  ]
    .filter(Boolean)
    .join('  ');
}

/** One line that is drawn anew on a terminal, lines now and then elsewhere, JSON lines for machines. */
export function createProgressDisplay(
  mode: 'terminal' | 'lines' | 'json',
  out: NodeJS.WritableStream & { columns?: number },
): ProgressDisplay {
  if (mode === 'json')
    return {
      show: (progress) => void out.write(`${JSON.stringify({ type: 'progress', ...progress })}\n`),
      end: () => {},
    };
  if (mode === 'terminal') return new TerminalLine(out);
  let shownAt = -plainEveryMs;
  return {
    show: (progress) => {
      if (performance.now() - shownAt < plainEveryMs) return;
      shownAt = performance.now();
      out.write(`${describeProgress(progress)}\n`);
    },
    end: () => {},
  };
}

class TerminalLine implements ProgressDisplay {
  constructor(private readonly out: NodeJS.WritableStream & { columns?: number }) {}

  show(progress: ProgressSnapshot): void {
    const columns = this.out.columns ?? 80;
    const figures = describeProgress(progress);
    const room = columns - figures.length - 4;
    const item = progress.currentItem && room > 12 ? `  ${shorten(progress.currentItem, room)}` : '';
    this.out.write(`\r\u001b[K${(figures + item).slice(0, columns - 1)}`);
  }

  end(): void {
    this.out.write('\n');
  }
}

function shorten(text: string, length: number): string {
  const chars = [...text];
  return chars.length <= length ? text : `…${chars.slice(chars.length - length + 1).join('')}`;
}
