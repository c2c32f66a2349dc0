'use client';

import { Columns3 } from 'lucide-react';
import { IconButton } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Popover } from '@/components/ui/popover';
import { Select } from '@/components/ui/select';
import type { TablePreferences } from './table-preferences';

interface PreferencesPopoverProps {
  columns: { id: string; header: string; isTitle?: boolean }[];
  preferences: TablePreferences;
  onChange: (part: Partial<TablePreferences>) => void;
  hasPageSize: boolean;
}

const pageSizes = [10, 25, 50, 100] as const;

export function PreferencesPopover({ columns, preferences, onChange, hasPageSize }: PreferencesPopoverProps) {
  const toggle = (id: string, isShown: boolean) => {
    const others = preferences.hiddenColumns.filter((other) => other !== id);
    onChange({ hiddenColumns: isShown ? others : [...others, id] });
  };
  return (
    <Popover
      label="Table preferences"
      className="w-64 p-4"
      trigger={<IconButton variant="secondary" label="Table preferences" icon={<Columns3 />} />}
    >
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 font-medium">Columns</legend>
        {columns.map((column) => (
          <Checkbox
            key={column.id}
            label={column.header}
            checked={column.isTitle || !preferences.hiddenColumns.includes(column.id)}
            disabled={column.isTitle}
            onCheckedChange={(isShown) => toggle(column.id, isShown === true)}
          />
        ))}
      </fieldset>
      <div className="mt-4 flex flex-col gap-3 border-line border-t pt-4">
        <Checkbox
          label="Compact rows"
          checked={preferences.isCompact}
          onCheckedChange={(isCompact) => onChange({ isCompact: isCompact === true })}
        />
        {hasPageSize && (
          <div className="flex items-center justify-between gap-3">
            <span>Rows on a page</span>
            <Select
              label="Rows on a page"
              className="w-20"
              value={String(preferences.pageSize)}
              options={pageSizes.map((size) => ({ value: String(size), label: String(size) }))}
              onValueChange={(value) =>
                onChange({ pageSize: pageSizes.find((size) => String(size) === value) })
              }
            />
          </div>
        )}
      </div>
    </Popover>
  );
}
