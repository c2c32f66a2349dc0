import type { ReactNode } from 'react';
import { cn } from './class-names';

interface PanelProps {
  title?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  /** Lets a table or a list reach the edges. */
  isFlush?: boolean;
  className?: string;
  children: ReactNode;
}

/** A titled block of content. */
export function Panel({ title, description, actions, isFlush, className, children }: PanelProps) {
  return (
    <section className={cn('panel', className)}>
      {(title || actions) && (
        <header className="flex flex-wrap items-start gap-x-4 gap-y-2 border-line border-b px-4 py-3">
          <div className={cn('flex-1', description ? 'min-w-48' : 'min-w-0')}>
            {title && <h2 className="font-semibold text-base">{title}</h2>}
            {description && <p className="text-muted text-sm">{description}</p>}
          </div>
          {actions && <div className="flex max-w-full shrink-0 flex-wrap gap-2">{actions}</div>}
        </header>
      )}
      <div className={isFlush ? undefined : 'p-4'}>{children}</div>
    </section>
  );
}
