'use client';

import { LoaderCircle } from 'lucide-react';
import Link from 'next/link';
import type { ComponentProps, MouseEvent, ReactNode } from 'react';
import { type ButtonLook, buttonStyles } from './button-styles';
import { cn } from './class-names';
import { Tooltip } from './tooltip';

interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'>, ButtonLook {
  icon?: ReactNode;
  /** Shows a turning mark and refuses clicks until it is done. */
  isLoading?: boolean;
  /** Why the button cannot be pressed now. It stays focusable, and a tooltip says the reason. */
  disabledReason?: string | null;
}

export function Button(props: ButtonProps) {
  const {
    variant,
    size,
    icon,
    isLoading,
    disabledReason,
    className,
    children,
    onClick,
    type = 'button',
    ...rest
  } = props;
  const isBlocked = Boolean(disabledReason) || isLoading;
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    if (isBlocked) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    onClick?.(event);
  };
  const button = (
    <button
      {...rest}
      type={type}
      onClick={press}
      aria-disabled={isBlocked || undefined}
      aria-busy={isLoading || undefined}
      className={cn(buttonStyles({ variant, size }), className)}
    >
      {isLoading ? <LoaderCircle className="animate-turn" aria-hidden /> : icon}
      {children}
    </button>
  );
  if (!disabledReason) return button;
  return (
    <Tooltip content={disabledReason} opensOnPress>
      {button}
    </Tooltip>
  );
}

interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon' | 'size'> {
  /** Names the button for the tooltip and for assistive technology. */
  label: string;
  icon: ReactNode;
  size?: 'icon' | 'icon-sm';
}

export function IconButton({
  label,
  icon,
  variant = 'ghost',
  size = 'icon',
  disabledReason,
  ...rest
}: IconButtonProps) {
  const button = (
    <Button
      {...rest}
      variant={variant}
      size={size}
      icon={icon}
      aria-label={label}
      disabledReason={disabledReason}
    />
  );
  return disabledReason ? button : <Tooltip content={label}>{button}</Tooltip>;
}

interface ButtonLinkProps extends ComponentProps<typeof Link>, ButtonLook {
  icon?: ReactNode;
}

export function ButtonLink({ variant, size, icon, className, children, ...rest }: ButtonLinkProps) {
  return (
    <Link {...rest} className={cn(buttonStyles({ variant, size }), className)}>
      {icon}
      {children}
    </Link>
  );
}
