'use client';

import { Search } from 'lucide-react';
import { cn } from '@/components/ui/class-names';
import { formatCount } from '@/components/ui/format';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { PreferencesPopover } from './preferences-popover';
import type { TablePreferences } from './table-preferences';
import type { DataTableProps, TableUrlState } from './types';

interface TableToolbarProps<Row> {
  table: DataTableProps<Row>;
  url: TableUrlState;
  onUrlChange: (change: Partial<TableUrlState>) => void;
  preferences: TablePreferences;
  onPreferencesChange: (part: Partial<TablePreferences>) => void;
  shownCount: number;
  totalCount: number | null;
}

const all = '_all';

export function TableToolbar<Row>(props: TableToolbarProps<Row>) {
  const { table, url, onUrlChange, shownCount, totalCount } = props;
  const filtered = table.columns.filter((column) => column.filter);
  const hasSearch = table.columns.some((column) => column.searchText);
  const isBare = !hasSearch && filtered.length === 0;
  const preferences = (
    <PreferencesPopover
      columns={table.columns}
      preferences={props.preferences}
      onChange={props.onPreferencesChange}
      hasPageSize={!table.server}
    />
  );
  return (
    <div className="flex flex-col gap-3 px-4 pt-3 pb-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h2 className="flex-1 whitespace-nowrap font-semibold">
          {table.title}
          {totalCount !== null && (
            <span className="font-normal text-muted">
              {' '}
              (
              {shownCount === totalCount
                ? formatCount(totalCount)
                : `${formatCount(shownCount)} of ${formatCount(totalCount)}`}
              )
            </span>
          )}
        </h2>
        {table.actions && <div className="flex flex-wrap gap-2">{table.actions}</div>}
        {isBare && <div className="ml-auto">{preferences}</div>}
      </div>
      <div className={cn('flex flex-wrap items-center gap-2', isBare && 'hidden')}>
        {hasSearch && (
          <Input
            type="search"
            aria-label={`Find ${table.noun}`}
            icon={<Search />}
            placeholder={table.searchPlaceholder ?? `Find ${table.noun}`}
            value={url.text}
            onChange={(event) => onUrlChange({ text: event.target.value })}
            className={cn(
              'min-w-40 sm:w-auto sm:max-w-md sm:flex-1',
              filtered.length > 0 ? 'w-full' : 'flex-1',
            )}
          />
        )}
        {filtered.map((column) => (
          <Select
            key={column.id}
            label={column.filter!.label}
            className="w-auto min-w-32 max-sm:flex-1"
            value={url.filters[column.id] ?? all}
            options={[
              { value: all, label: `Any ${column.filter!.label.toLowerCase()}` },
              ...column.filter!.options,
            ]}
            onValueChange={(value) => onUrlChange({ filters: { [column.id]: value === all ? null : value } })}
          />
        ))}
        {!isBare && <div className="ml-auto">{preferences}</div>}
      </div>
    </div>
  );
}
