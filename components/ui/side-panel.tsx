'use client';

import { Dialog as Primitive } from 'radix-ui';
import { cn } from './class-names';
import { DialogBody, DialogFooter, DialogHeader, type DialogProps, focusFirstControl } from './dialog';

const width = { sm: 'sm:max-w-md', md: 'sm:max-w-xl', lg: 'sm:max-w-3xl' };

/** A drawer at the right edge, for creating and for a closer look. Same props as `Dialog`. */
export function SidePanel({ isOpen, onOpenChange, title, description, size = 'md', children }: DialogProps) {
  return (
    <Primitive.Root open={isOpen} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim" />
        <Primitive.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          onOpenAutoFocus={focusFirstControl}
          className={cn(
            'fixed inset-y-0 right-0 z-40 flex w-full animate-from-right flex-col border-line border-l bg-raised shadow-float outline-none',
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

export const PanelBody = DialogBody;
export const PanelFooter = DialogFooter;
