'use client';

import Link from 'next/link';
import { RadioGroup } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import { cn } from './class-names';

export interface RadioCard {
  value: string;
  label: ReactNode;
  description?: ReactNode;
  /** Stands at the right edge, such as a size or a badge. */
  aside?: ReactNode;
  disabledReason?: string | null;
  /** Where what disables it is mended. */
  remedy?: { label: string; href: string } | null;
}

interface RadioCardsProps {
  /** Names the question for assistive technology. */
  label: string;
  options: RadioCard[];
  value?: string;
  defaultValue?: string;
  onValueChange?: (value: string) => void;
  name?: string;
  columns?: 1 | 2 | 3;
}

const columnClass = { 1: '', 2: 'sm:grid-cols-2', 3: 'sm:grid-cols-3' };

export function RadioCards({ label, options, columns = 1, ...rest }: RadioCardsProps) {
  return (
    <RadioGroup.Root {...rest} aria-label={label} className={cn('grid gap-2', columnClass[columns])}>
      {options.map((option) => (
        <Card key={option.value} option={option} />
      ))}
    </RadioGroup.Root>
  );
}

function Card({ option }: { option: RadioCard }) {
  const id = useId();
  const note = option.disabledReason ?? option.description;
  return (
    <label
      htmlFor={id}
      className={cn(
        'flex items-start gap-2.5 rounded-md border border-line-strong bg-surface px-3 py-2.5',
        'has-data-[state=checked]:border-accent has-data-[state=checked]:bg-accent-soft has-data-[state=checked]:shadow-[inset_0_0_0_1px_var(--color-accent)]',
        option.disabledReason ? 'border-line bg-sunken text-muted' : 'cursor-pointer hover:bg-hover',
      )}
    >
      <span className="flex h-5 items-center">
        <RadioGroup.Item
          id={id}
          value={option.value}
          disabled={Boolean(option.disabledReason)}
          aria-describedby={note ? `${id}-note` : undefined}
          className="control flex size-4 items-center justify-center rounded-full data-[state=checked]:border-accent-fill"
        >
          <RadioGroup.Indicator className="size-2 rounded-full bg-accent-fill" />
        </RadioGroup.Item>
      </span>
      <span className="min-w-0 flex-1">
        <span className="block font-medium">{option.label}</span>
        {note && (
          <span id={`${id}-note`} className="block text-sm text-muted">
            {note}
          </span>
        )}
        {option.disabledReason && option.remedy && (
          <Link href={option.remedy.href} className="link text-sm underline">
            {option.remedy.label}
          </Link>
        )}
      </span>
      {option.aside && <span className="shrink-0 text-sm text-muted">{option.aside}</span>}
    </label>
  );
}
