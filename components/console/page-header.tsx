import type { ReactNode } from 'react';
import { Breadcrumbs, type Crumb } from '@/components/ui/breadcrumbs';

interface PageHeaderProps {
  breadcrumbs?: Crumb[];
  title: ReactNode;
  /** One line: what this page is for. */
  description?: ReactNode;
  /** Stands beside the title, such as a status or a kind. */
  badge?: ReactNode;
  /** The primary action last, at the right. */
  actions?: ReactNode;
}

export function PageHeader({ breadcrumbs, title, description, badge, actions }: PageHeaderProps) {
  return (
    <header className="mb-5 flex flex-col gap-2">
      {breadcrumbs && <Breadcrumbs items={breadcrumbs} />}
      <div className="flex flex-wrap items-start gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-72">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="wrap-anywhere font-semibold text-xl tracking-[-0.01em]">{title}</h1>
            {badge}
          </div>
          {description && <p className="mt-0.5 max-w-[80ch] text-muted">{description}</p>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
    </header>
  );
}
