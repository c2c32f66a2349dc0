'use client';

import Link from 'next/link';
import { DropdownMenu as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import { cn } from './class-names';

export interface MenuAction {
  label: string;
  icon?: ReactNode;
  onSelect?: () => void;
  /** A page to open instead of `onSelect`. */
  href?: string;
  isDanger?: boolean;
  /** Why it cannot be done now; shown under the label. */
  disabledReason?: string | null;
  /** Draws a line above. */
  startsGroup?: boolean;
}

interface MenuProps {
  /** The focusable button that opens the menu. */
  trigger: ReactNode;
  actions: MenuAction[];
  /** Words only: what can be acted on in a menu is one of its items. */
  header?: ReactNode;
  align?: 'start' | 'center' | 'end';
}

export const menuSurface =
  'z-50 min-w-48 max-w-80 animate-appear rounded-lg border border-line bg-raised p-1 text-ink shadow-float outline-none';

const itemLook =
  'flex w-full items-start gap-2.5 rounded-sm px-2.5 py-1.5 text-left outline-none data-highlighted:bg-hover [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:text-muted';

export function Menu({ trigger, actions, header, align = 'end' }: MenuProps) {
  return (
    <Primitive.Root modal={false}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content align={align} sideOffset={4} collisionPadding={8} className={menuSurface}>
          {header && <div className="border-line border-b px-2.5 pt-1.5 pb-2.5">{header}</div>}
          {actions.map((action) => (
            <MenuItem key={action.label} action={action} />
          ))}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

function MenuItem({ action }: { action: MenuAction }) {
  const { label, icon, onSelect, href, isDanger, disabledReason, startsGroup } = action;
  const body = (
    <>
      {icon}
      <span className="min-w-0">
        <span
          className={cn(
            'block',
            isDanger && !disabledReason && 'text-danger',
            disabledReason && 'text-muted',
          )}
        >
          {label}
        </span>
        {disabledReason && <span className="block text-sm text-muted">{disabledReason}</span>}
      </span>
    </>
  );
  // A refused action stays reachable by keyboard, so that its reason can be read.
  const refuse = disabledReason ? (event: Event) => event.preventDefault() : undefined;
  return (
    <>
      {startsGroup && <Primitive.Separator className="-mx-1 my-1 h-px bg-line" />}
      <Primitive.Item
        asChild={Boolean(href && !disabledReason)}
        aria-disabled={disabledReason ? true : undefined}
        onSelect={refuse ?? onSelect}
        className={itemLook}
      >
        {href && !disabledReason ? <Link href={href}>{body}</Link> : body}
      </Primitive.Item>
    </>
  );
}
