import { ChevronRight } from 'lucide-react';
import Link from 'next/link';

export interface Crumb {
  label: string;
  /** The last one, the page itself, has none. */
  href?: string;
}

export function Breadcrumbs({ items }: { items: Crumb[] }) {
  return (
    <nav aria-label="Breadcrumbs">
      <ol className="flex flex-wrap items-center gap-x-1 text-sm">
        {items.map((item, at) => (
          <li key={`${item.label}-${item.href}`} className="flex min-w-0 items-center gap-1">
            {at > 0 && <ChevronRight className="size-3.5 text-faint" aria-hidden />}
            {item.href ? (
              <Link href={item.href} className="link wrap-anywhere">
                {item.label}
              </Link>
            ) : (
              <span aria-current="page" className="wrap-anywhere text-muted">
                {item.label}
              </span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
