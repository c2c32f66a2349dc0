'use client';

import { Button } from '@/components/ui/button';

interface PlaceButtonsProps {
  choices: readonly { label: string; value: string }[];
  onChoose: (value: string) => void;
  /** Where the first entry ends up with what is entered now. */
  outcome: string;
}

/** Common answers for a path, and what the one that is entered comes to. */
export function PlaceButtons({ choices, onChoose, outcome }: PlaceButtonsProps) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      {choices.map(({ label, value }) => (
        <Button key={label} size="sm" onClick={() => onChoose(value)}>
          {label}
        </Button>
      ))}
      <span className="wrap-anywhere text-muted text-sm">{outcome}</span>
    </div>
  );
}

/** `/srv/files is written to /restore/srv/files`. */
export function whereTo(first: string | undefined, target: string): string {
  if (!first || !target.startsWith('/')) return '';
  if (first === '/') return `Its files and folders are written to ${target}`;
  return `${first} is written to ${target.replace(/\/+$/, '')}${first}`;
}
