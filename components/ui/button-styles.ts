import { cva, type VariantProps } from 'class-variance-authority';

export const buttonStyles = cva(
  [
    'inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium',
    'transition-colors [&_svg]:size-4',
    'aria-disabled:border-line aria-disabled:bg-sunken aria-disabled:text-muted',
  ],
  {
    variants: {
      variant: {
        primary:
          'border-transparent bg-accent-fill text-on-fill not-aria-disabled:hover:bg-accent-fill-hover',
        secondary: 'border-line-strong bg-surface text-ink not-aria-disabled:hover:bg-hover',
        ghost:
          'border-transparent bg-transparent text-ink aria-disabled:border-transparent aria-disabled:bg-transparent not-aria-disabled:hover:bg-hover',
        danger: 'border-transparent bg-danger-fill text-on-fill not-aria-disabled:hover:bg-danger-fill-hover',
        'danger-outline': 'border-line-strong bg-surface text-danger not-aria-disabled:hover:bg-danger-soft',
      },
      size: {
        sm: 'h-7 px-2.5 text-sm',
        md: 'h-8 px-3 text-base',
        lg: 'h-10 px-4 text-base',
        icon: 'size-8 p-0',
        'icon-sm': 'size-7 p-0',
      },
    },
    defaultVariants: { variant: 'secondary', size: 'md' },
  },
);

export type ButtonLook = VariantProps<typeof buttonStyles>;
