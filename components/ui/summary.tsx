import type { ReactNode } from 'react';
import { cn } from './class-names';

export interface SummaryItem {
  label: string;
  value: ReactNode;
  /** Takes two columns. */
  isWide?: boolean;
}

interface SummaryProps {
  items: SummaryItem[];
  columns?: 1 | 2 | 3 | 4;
  className?: string;
}

const columnClass = {
  1: 'grid-cols-1',
  2: 'grid-cols-2',
  3: 'grid-cols-2 lg:grid-cols-3',
  4: 'grid-cols-2 lg:grid-cols-4',
};

/** Label and value pairs. */
export function Summary({ items, columns = 4, className }: SummaryProps) {
  return (
    <dl className={cn('grid gap-x-8 gap-y-4', columnClass[columns], className)}>
      {items.map((item) => (
        <div key={item.label} className={cn('min-w-0', item.isWide && 'col-span-2')}>
          <dt className="text-muted text-sm">{item.label}</dt>
          <dd className="wrap-anywhere mt-0.5">{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}
