'use client';

import { Switch as Primitive } from 'radix-ui';
import { type ComponentProps, type ReactNode, useId } from 'react';

interface SwitchProps extends Omit<ComponentProps<typeof Primitive.Root>, 'children'> {
  label: ReactNode;
  description?: ReactNode;
}

export function Switch({ label, description, ...rest }: SwitchProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-3">
      <Primitive.Root
        id={id}
        aria-describedby={description ? `${id}-description` : undefined}
        {...rest}
        className="mt-px h-[18px] w-8 shrink-0 rounded-full border border-line-strong bg-line-strong p-px transition-colors data-[state=checked]:border-accent-fill data-[state=checked]:bg-accent-fill"
      >
        <Primitive.Thumb className="block size-3.5 rounded-full bg-on-fill transition-transform data-[state=checked]:translate-x-3.5" />
      </Primitive.Root>
      <span>
        <label htmlFor={rest.id ?? id} className="font-medium">
          {label}
        </label>
        {description && (
          <span id={`${id}-description`} className="block text-sm text-muted">
            {description}
          </span>
        )}
      </span>
    </div>
  );
}
