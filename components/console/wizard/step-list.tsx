'use client';

import { Check } from 'lucide-react';
import { cn } from '@/components/ui/class-names';

interface StepListProps {
  titles: string[];
  at: number;
  /** The last step that may be opened by a click. */
  furthest: number;
  onGoTo: (at: number) => void;
}

export function StepList({ titles, at, furthest, onGoTo }: StepListProps) {
  return (
    <nav aria-label="Steps">
      <p className="mb-1 font-medium text-muted text-sm lg:hidden">
        Step {at + 1} of {titles.length}
      </p>
      <ol className="flex gap-1 lg:flex-col lg:gap-0">
        {titles.map((title, step) => {
          const isDone = step < furthest && step !== at;
          const isOpen = step <= furthest;
          return (
            <li key={title} className="relative flex-1 lg:pb-4 lg:last:pb-0">
              {step < titles.length - 1 && (
                <span
                  aria-hidden
                  className="absolute top-7 bottom-1 left-3 hidden w-px bg-line-strong/60 lg:block"
                />
              )}
              <button
                type="button"
                aria-current={step === at ? 'step' : undefined}
                aria-disabled={!isOpen || undefined}
                onClick={() => isOpen && onGoTo(step)}
                className={cn(
                  'flex w-full items-center gap-2.5 rounded-md text-left',
                  step === at ? 'font-medium text-ink' : 'text-muted',
                )}
              >
                <span
                  className={cn(
                    'hidden size-6 shrink-0 items-center justify-center rounded-full border text-sm lg:flex',
                    step === at && 'border-accent-fill bg-accent-fill text-on-fill',
                    step !== at && (isDone ? 'border-accent text-accent' : 'border-line-strong'),
                  )}
                >
                  {isDone ? <Check className="size-3.5" aria-hidden /> : step + 1}
                </span>
                <span
                  className={cn(
                    'h-1.5 w-full rounded-full lg:hidden',
                    isDone || step === at ? 'bg-accent-fill' : 'bg-line',
                  )}
                />
                <span className="sr-only lg:not-sr-only">{title}</span>
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
