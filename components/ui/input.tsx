'use client';

import type { ComponentProps, ReactNode } from 'react';
import { cn } from './class-names';
import { useFieldControl } from './field';

interface InputProps extends ComponentProps<'input'> {
  /** Stands inside the left edge, such as a magnifying glass. */
  icon?: ReactNode;
}

export function Input({ className, icon, ...rest }: InputProps) {
  const wiring = useFieldControl();
  const input = (
    <input
      type="text"
      {...wiring}
      {...rest}
      className={cn('control h-8 w-full min-w-0 px-2.5', icon && 'pl-8', !icon && className)}
    />
  );
  if (!icon) return input;
  return (
    <span className={cn('relative block', className)}>
      <span
        className="pointer-events-none absolute inset-y-0 left-2.5 flex items-center text-faint [&_svg]:size-4"
        aria-hidden
      >
        {icon}
      </span>
      {input}
    </span>
  );
}

export function Textarea({ className, ...rest }: ComponentProps<'textarea'>) {
  const wiring = useFieldControl();
  return (
    <textarea rows={3} {...wiring} {...rest} className={cn('control w-full px-2.5 py-1.5', className)} />
  );
}
