'use client';

import { Popover as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import { cn } from './class-names';

interface PopoverProps {
  trigger: ReactNode;
  children: ReactNode;
  label: string;
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
  align?: 'start' | 'center' | 'end';
  className?: string;
}

export function Popover({
  trigger,
  children,
  label,
  isOpen,
  onOpenChange,
  align = 'end',
  className,
}: PopoverProps) {
  return (
    <Primitive.Root open={isOpen} onOpenChange={onOpenChange}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          aria-label={label}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className={cn(
            'z-50 animate-appear rounded-lg border border-line bg-raised text-ink shadow-float outline-none',
            className,
          )}
        >
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
