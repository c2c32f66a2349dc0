import { ArrowDown, ArrowRight, CircleCheck, CircleStop, PauseCircle } from 'lucide-react';
import type { CSSProperties } from 'react';
import { cn } from '@/components/ui/class-names';
import { type Flow, wordOnTheLine } from './flow-state';

/** The line from source to target: across where there is room, down where there is not (container query). */
export function FlowLine({ flow }: { flow: Flow }) {
  const { state } = flow;
  const isBroken = state.kind === 'waiting' || state.kind === 'stopped';
  return (
    <div className="relative flex min-h-12 items-center pl-12 across:min-h-8 across:min-w-24 across:flex-1 across:justify-center across:pl-0">
      <span
        aria-hidden
        className="absolute inset-y-0 left-6 w-[3px] across:inset-x-0 across:top-1/2 across:bottom-auto across:h-[3px] across:w-auto across:-translate-y-1/2"
      >
        <span
          className={cn(
            'absolute inset-0 rounded-full bg-line-strong',
            state.kind === 'history' ? 'opacity-40' : 'hidden',
          )}
        />
        <span
          className={cn(
            'absolute inset-0 bg-linear-to-b from-source to-target across:bg-linear-to-r',
            state.kind === 'history' && 'flow-done',
            state.kind === 'preview' && 'flow-dots',
            state.kind === 'waiting' && 'flow-dashes from-warning to-warning',
            state.kind === 'stopped' && 'flow-dashes from-line-strong to-line-strong',
          )}
          style={
            state.kind === 'history' ? ({ '--done': `${state.fraction * 100}%` } as CSSProperties) : undefined
          }
        />
      </span>
      {!isBroken && (
        <>
          <ArrowRight
            aria-hidden
            className="absolute -right-1.5 hidden size-5 stroke-[2.6] text-target across:block"
          />
          <ArrowDown
            aria-hidden
            className="absolute -bottom-1.5 left-[15.5px] size-5 stroke-[2.6] text-target across:hidden"
          />
        </>
      )}
      <WordPill flow={flow} />
    </div>
  );
}

function WordPill({ flow }: { flow: Flow }) {
  const word = wordOnTheLine(flow);
  const { kind } = flow.state;
  const look =
    kind === 'waiting'
      ? 'border-warning/50 bg-warning-soft text-warning'
      : kind === 'stopped'
        ? 'border-line-strong bg-sunken text-muted'
        : word === 'Up to date'
          ? 'border-success/40 bg-success-soft text-success'
          : 'border-line bg-surface text-ink';
  const Icon =
    kind === 'waiting'
      ? PauseCircle
      : kind === 'stopped'
        ? CircleStop
        : word === 'Up to date'
          ? CircleCheck
          : null;
  return (
    <span
      className={cn(
        'relative inline-flex h-6 items-center gap-1 whitespace-nowrap rounded-full border px-2.5 tabular-nums font-medium text-sm',
        look,
      )}
    >
      {Icon && <Icon className="size-3.5" aria-hidden />}
      {word}
    </span>
  );
}
