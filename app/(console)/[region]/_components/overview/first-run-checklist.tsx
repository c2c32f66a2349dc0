'use client';

import { Circle, CircleCheck } from 'lucide-react';
import { useState } from 'react';
import { Button, ButtonLink } from '@/components/ui/button';
import { cn } from '@/components/ui/class-names';
import { Panel } from '@/components/ui/panel';
import { isThrough, type Road } from './plan-checklist';

interface FirstRunChecklistProps {
  roads: Road[];
  accountId: string;
}

/** Shown until one of the two roads is through, or until the reader hides it. */
export function FirstRunChecklist({ roads, accountId }: FirstRunChecklistProps) {
  const key = `crossvault.checklist-hidden.${accountId}`;
  const [isHidden, setIsHidden] = useState(() => readFlag(key));
  if (isHidden || roads.some(isThrough)) return null;
  const hide = () => {
    writeFlag(key);
    setIsHidden(true);
  };
  return (
    <Panel
      title="First steps"
      description="Follow one side or both. Steps are ticked by what happens, here or on the command line."
      actions={
        <Button size="sm" variant="ghost" onClick={hide}>
          Hide
        </Button>
      }
    >
      <div className="grid gap-x-10 gap-y-6 lg:grid-cols-2">
        {roads.map((road) => (
          <RoadList key={road.side} road={road} />
        ))}
      </div>
    </Panel>
  );
}

function RoadList({ road }: { road: Road }) {
  const done = road.steps.filter((step) => step.isDone).length;
  const next = road.steps.find((step) => !step.isDone);
  return (
    <section aria-label={road.title}>
      <h3 className="mb-2 flex items-baseline justify-between gap-3 border-line border-b pb-2">
        <span className={cn('font-medium', road.side === 'source' ? 'text-source' : 'text-target')}>
          {road.title}
        </span>
        <span className="text-muted text-sm tabular-nums">
          {done} of {road.steps.length}
        </span>
      </h3>
      <ol>
        {road.steps.map((step) => (
          <li key={step.title} className="flex min-h-11 items-center gap-3 py-1">
            {step.isDone ? (
              <CircleCheck className="size-5 text-success" aria-hidden />
            ) : (
              <Circle
                className={cn('size-5', step === next ? 'text-accent' : 'text-line-strong')}
                aria-hidden
              />
            )}
            <span className="min-w-0 flex-1">
              <span className={cn('block', step === next && 'font-medium', step.isDone && 'text-muted')}>
                {step.title}
                <span className="sr-only">{step.isDone ? ', done' : ', to do'}</span>
              </span>
              {!step.isDone && <span className="block text-muted text-sm">{step.detail}</span>}
            </span>
            {!step.isDone && (
              <ButtonLink
                size="sm"
                variant={step === next ? 'secondary' : 'ghost'}
                href={step.action.href}
                className="max-sm:hidden"
              >
                {step.action.label}
              </ButtonLink>
            )}
            {!step.isDone && step === next && (
              <ButtonLink size="sm" href={step.action.href} className="sm:hidden">
                {step.action.label}
              </ButtonLink>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function readFlag(key: string): boolean {
  try {
    return localStorage.getItem(key) === '1';
  } catch {
    // Without storage (or on the server) nothing was hidden.
    return false;
  }
}

function writeFlag(key: string): void {
  try {
    localStorage.setItem(key, '1');
  } catch {
    // Storage is refused: hidden until the next visit.
  }
}
