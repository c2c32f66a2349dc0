'use client';

import { Tooltip as Primitive } from 'radix-ui';
import { type ReactNode, useState } from 'react';

export const TooltipProvider = Primitive.Provider;

interface TooltipProps {
  content: ReactNode;
  /** One focusable element that takes a ref. */
  children: ReactNode;
  side?: 'top' | 'right' | 'bottom' | 'left';
  /** For what cannot be pressed: a press says why, also to a finger that cannot hover. */
  opensOnPress?: boolean;
}

export function Tooltip({ content, children, side = 'top', opensOnPress }: TooltipProps) {
  const [isOpen, setIsOpen] = useState(false);
  const press = opensOnPress ? () => setIsOpen(true) : undefined;
  return (
    <Primitive.Root open={isOpen} onOpenChange={setIsOpen}>
      <Primitive.Trigger asChild onClick={press}>
        {children}
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-w-72 animate-appear rounded-md bg-bar px-2.5 py-1.5 text-xs text-bar-ink shadow-float"
        >
          {content}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
