'use client';

import { X } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from './button';
import { cn } from './class-names';

export interface DialogProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  size?: 'sm' | 'md' | 'lg';
  /** `DialogBody` and `DialogFooter`; put a `<form className="contents">` around both when it is a form. */
  children: ReactNode;
}

const width = { sm: 'max-w-md', md: 'max-w-xl', lg: 'max-w-3xl' };

/** Starts at the first control of the body that one fills or chooses, rather than at what closes it, copies an id or names a tab. */
export function focusFirstControl(event: Event): void {
  const content = event.currentTarget;
  if (!(content instanceof HTMLElement)) return;
  event.preventDefault();
  const first = content.querySelector<HTMLElement>(
    '[data-body] :is(input, select, textarea, [role="radio"], button:not([data-copies], [role="tab"]))',
  );
  (first ?? content).focus();
}

export function Dialog({ isOpen, onOpenChange, title, description, size = 'md', children }: DialogProps) {
  return (
    <Primitive.Root open={isOpen} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim" />
        <Primitive.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          onOpenAutoFocus={focusFirstControl}
          className={cn(
            'fixed inset-x-3 top-[8vh] z-40 mx-auto flex max-h-[84vh] animate-appear flex-col rounded-lg border border-line bg-raised shadow-float outline-none',
            width[size],
          )}
        >
          <DialogHeader title={title} description={description} />
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** The heading shared by dialogs and side panels. */
export function DialogHeader({ title, description }: { title: ReactNode; description?: ReactNode }) {
  return (
    <div className="flex items-start gap-3 border-line border-b py-3 pr-3 pl-5">
      <div className="min-w-0 flex-1 py-1">
        <Primitive.Title className="font-semibold text-lg">{title}</Primitive.Title>
        {description && (
          <Primitive.Description className="mt-0.5 text-muted">{description}</Primitive.Description>
        )}
      </div>
      <Primitive.Close asChild>
        <Button variant="ghost" size="icon" aria-label="Close" icon={<X />} />
      </Primitive.Close>
    </div>
  );
}

export function DialogBody({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <div data-body className={cn('flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto px-5 py-4', className)}>
      {children}
    </div>
  );
}

export function DialogFooter({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <div className={cn('flex flex-wrap justify-end gap-2 border-line border-t px-5 py-3', className)}>
      {children}
    </div>
  );
}
