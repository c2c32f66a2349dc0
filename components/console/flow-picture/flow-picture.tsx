import Link from 'next/link';
import { cn } from '@/components/ui/class-names';
import { Id } from '@/components/ui/copyable';
import { RelativeTime } from '@/components/ui/quantities';
import { Sparkline } from '@/components/ui/sparkline';
import { FlowLine } from './flow-line';
import { type Flow, type FlowEnd, lineBelow, tellFlow } from './flow-state';

interface FlowPictureProps {
  flow: Flow;
  /** `small` in lists and on the overview, `large` on a vault's page, `preview` where a replication is about to be made. */
  size?: 'small' | 'large' | 'preview';
  /** Lag in seconds over the last day, oldest first. */
  lagHistory?: (number | null)[];
}

/** One drawing wherever a replication appears: who gives, who keeps, what crosses, how far behind. */
export function FlowPicture({ flow, size = 'large', lagHistory }: FlowPictureProps) {
  const isSmall = size === 'small';
  return (
    <figure
      aria-label={tellFlow(flow)}
      className={cn('min-w-0', isSmall ? '@container/flow-small' : '@container/flow-large')}
    >
      <div
        className={cn(
          'flex flex-col across:flex-row across:items-stretch',
          isSmall ? 'gap-2 across:gap-3' : 'gap-2 across:gap-4',
        )}
      >
        <End end={flow.source} side="source" isSmall={isSmall} />
        <div className="flex flex-col justify-center across:min-w-40 across:flex-[1.5]">
          <FlowLine flow={flow} />
        </div>
        <End end={flow.target} side="target" isSmall={isSmall} />
      </div>
      <Below flow={flow} isSmall={isSmall} lagHistory={lagHistory} />
    </figure>
  );
}

const sides = {
  source: {
    word: 'Source',
    ink: 'text-source',
    ground: 'bg-linear-to-r from-source-soft to-transparent',
    bracket: 'left-0 border-l-[3px] border-source',
    pad: 'pl-5 pr-3',
  },
  target: {
    word: 'Target',
    ink: 'text-target',
    ground: 'bg-linear-to-l from-target-soft to-transparent',
    bracket: 'right-0 border-r-[3px] border-target',
    pad: 'pl-5 pr-3 across:pl-3 across:pr-5 across:text-right',
  },
};

function End({ end, side, isSmall }: { end: FlowEnd; side: keyof typeof sides; isSmall: boolean }) {
  const { word, ink, ground, bracket, pad } = sides[side];
  return (
    <div
      className={cn('relative min-w-0 across:flex-1', pad, isSmall ? 'py-1.5' : 'py-3', !isSmall && ground)}
    >
      <span aria-hidden className={cn('absolute inset-y-0 w-2.5 border-y-[3px]', bracket)} />
      <p className={cn('font-medium text-xs', ink)}>
        {word}
        {!isSmall && ` · ${end.regionName}`}
      </p>
      <p className={cn('truncate', isSmall ? 'font-medium' : 'mt-0.5 font-semibold text-lg')}>
        {end.vaultName === null ? (
          <span className="font-normal text-muted">Not chosen yet</span>
        ) : end.vaultHref ? (
          <Link href={end.vaultHref} className="link">
            {end.vaultName}
          </Link>
        ) : (
          end.vaultName
        )}
      </p>
      <p className={cn('truncate text-muted', isSmall && 'text-sm')}>{end.accountName}</p>
      {!isSmall && end.accountId && (
        <Id
          value={end.accountId}
          cut="whole"
          className={cn('whitespace-nowrap', side === 'target' && 'across:flex-row-reverse')}
        />
      )}
    </div>
  );
}

function Below({
  flow,
  isSmall,
  lagHistory,
}: {
  flow: Flow;
  isSmall: boolean;
  lagHistory?: (number | null)[];
}) {
  const { state, newestPointAt } = flow;
  const text = lineBelow(flow);
  if (!text && state.kind !== 'waiting' && state.kind !== 'stopped' && !newestPointAt) return null;
  return (
    <figcaption
      className={cn(
        'flex flex-col flex-wrap items-start gap-x-4 gap-y-1 across:flex-row across:items-center across:justify-center across:text-center',
        isSmall ? 'pt-1.5 text-sm' : 'pt-3',
      )}
    >
      {state.kind === 'waiting' && (
        <span className="text-warning">
          {state.reason}
          {state.since && (
            <span className="text-muted">
              {' '}
              Since <RelativeTime at={state.since} />.
            </span>
          )}
        </span>
      )}
      {state.kind === 'stopped' && (
        <span className="text-muted">
          {state.at && (
            <>
              Stopped <RelativeTime at={state.at} />.{' '}
            </>
          )}
          The target keeps what it has. It cannot be resumed.
        </span>
      )}
      {text && <span className="font-medium tabular-nums">{text}</span>}
      {newestPointAt && state.kind !== 'preview' && !isSmall && (
        <span className="text-muted">
          Newest copied point <RelativeTime at={newestPointAt} />
        </span>
      )}
      {lagHistory && lagHistory.length > 1 && !isSmall && (
        <Sparkline values={lagHistory} label="Lag over the last day" tone="target" />
      )}
    </figcaption>
  );
}
