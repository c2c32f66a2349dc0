'use client';

import { Check, Minus } from 'lucide-react';
import { cn } from '@/components/ui/class-names';
import type { Mark } from './selection';

interface MarkBoxProps {
  mark: Mark;
  isFixed: boolean;
  onToggle: () => void;
}

/** The box of a tree row. The row itself carries the state for assistive technology; Space toggles it. */
export function MarkBox({ mark, isFixed, onToggle }: MarkBoxProps) {
  return (
    <span
      aria-hidden
      data-mark={mark}
      onClick={(event) => {
        event.stopPropagation();
        if (!isFixed) onToggle();
      }}
      className={cn(
        'flex size-4 shrink-0 items-center justify-center rounded-sm border',
        mark === 'none' ? 'border-line-strong bg-surface' : 'border-accent-fill bg-accent-fill text-on-fill',
        isFixed && 'opacity-60',
      )}
    >
      {mark === 'all' && <Check className="size-3 stroke-3" />}
      {mark === 'some' && <Minus className="size-3 stroke-3" />}
    </span>
  );
}
