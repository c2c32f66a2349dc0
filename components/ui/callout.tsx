import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './class-names';

const kinds = {
  info: { look: 'border-info/35 bg-info-soft', ink: 'text-info', Icon: Info },
  success: { look: 'border-success/35 bg-success-soft', ink: 'text-success', Icon: CircleCheck },
  warning: { look: 'border-warning/40 bg-warning-soft', ink: 'text-warning', Icon: TriangleAlert },
  danger: { look: 'border-danger/40 bg-danger-soft', ink: 'text-danger', Icon: CircleAlert },
};

interface CalloutProps {
  kind?: keyof typeof kinds;
  title?: ReactNode;
  action?: ReactNode;
  className?: string;
  children?: ReactNode;
}

/** A note inside the page. A danger is announced when it appears. */
export function Callout({ kind = 'info', title, action, className, children }: CalloutProps) {
  const { look, ink, Icon } = kinds[kind];
  return (
    <div
      role={kind === 'danger' ? 'alert' : undefined}
      className={cn('flex gap-2.5 rounded-md border px-3 py-2.5', action && 'flex-wrap', look, className)}
    >
      <Icon className={cn('mt-0.5 size-4', ink)} aria-hidden />
      <div className={cn('min-w-0 flex-1', action && 'basis-56')}>
        {title && <p className="font-medium">{title}</p>}
        {children && <div className={title ? 'text-muted' : undefined}>{children}</div>}
      </div>
      {action && <div className="ml-auto shrink-0">{action}</div>}
    </div>
  );
}
