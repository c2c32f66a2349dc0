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
  1: '',
  2: 'sm:grid-cols-2',
  3: 'sm:grid-cols-2 lg:grid-cols-3',
  4: 'sm:grid-cols-2 lg:grid-cols-4',
};

/** Label and value pairs. */
export function Summary({ items, columns = 4, className }: SummaryProps) {
  return (
    <dl className={cn('grid grid-cols-1 gap-x-8 gap-y-4', columnClass[columns], className)}>
      {items.map((item) => (
        <div key={item.label} className={cn('min-w-0', item.isWide && 'sm:col-span-2')}>
          <dt className="text-muted text-sm">{item.label}</dt>
          <dd className="wrap-anywhere mt-0.5">{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}
