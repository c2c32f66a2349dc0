'use client';

import { Check, Minus } from 'lucide-react';
import { Checkbox as Primitive } from 'radix-ui';
import { type ComponentProps, type ReactNode, useId } from 'react';
import { cn } from './class-names';

interface CheckboxProps extends Omit<ComponentProps<typeof Primitive.Root>, 'children'> {
  label?: ReactNode;
  description?: ReactNode;
}

/** Takes `checked="indeterminate"` for a set of which only a part is chosen. */
export function Checkbox({ label, description, className, ...rest }: CheckboxProps) {
  const id = useId();
  const box = (
    <Primitive.Root
      id={id}
      aria-describedby={description ? `${id}-description` : undefined}
      {...rest}
      className={cn(
        'group control flex size-4 shrink-0 items-center justify-center rounded-sm',
        'data-[state=checked]:border-accent-fill data-[state=checked]:bg-accent-fill data-[state=checked]:text-on-fill',
        'data-[state=indeterminate]:border-accent-fill data-[state=indeterminate]:bg-accent-fill data-[state=indeterminate]:text-on-fill',
        !label && className,
      )}
    >
      <Primitive.Indicator>
        <Check className="hidden size-3 stroke-3 group-data-[state=checked]:block" aria-hidden />
        <Minus className="hidden size-3 stroke-3 group-data-[state=indeterminate]:block" aria-hidden />
      </Primitive.Indicator>
    </Primitive.Root>
  );
  if (!label) return box;
  return (
    <div className={cn('flex items-start gap-2.5', className)}>
      <span className="flex h-5 items-center">{box}</span>
      <span>
        <label htmlFor={rest.id ?? id}>{label}</label>
        {description && (
          <span id={`${id}-description`} className="block text-sm text-muted">
            {description}
          </span>
        )}
      </span>
    </div>
  );
}
