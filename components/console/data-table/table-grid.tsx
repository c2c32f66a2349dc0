'use client';

import { ArrowDown, ArrowUp, ChevronsUpDown, EllipsisVertical } from 'lucide-react';
import { IconButton } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { cn } from '@/components/ui/class-names';
import { Menu } from '@/components/ui/menu';
import { ScrollX } from '@/components/ui/scroll-x';
import type { ModelRow, TableModel } from './table-model';
import type { Column, DataTableProps, SortState } from './types';

interface TableGridProps<Row> {
  table: DataTableProps<Row>;
  model: TableModel<Row>;
  rows: ModelRow<Row>[];
  isCompact: boolean;
  onSortChange: (sort: SortState) => void;
}

/** A table where there is room (container query), one card for each row where there is not. The roles keep its meaning. */
export function TableGrid<Row>({ table, model, rows, isCompact, onSortChange }: TableGridProps<Row>) {
  const columns = table.columns.filter((column) => model.getColumn(column.id)?.getIsVisible());
  const chosenCount = rows.filter((row) => row.getIsSelected()).length;
  const selectRows = (isChosen: boolean) => {
    for (const row of rows) row.toggleSelected(isChosen);
  };
  return (
    <ScrollX label={table.title} className="rounded-b-lg">
      <table aria-label={table.title} className="block w-full border-collapse text-sm @2xl:table">
        <thead className="hidden border-line border-y bg-sunken @2xl:table-header-group">
          <tr>
            {table.bulkActions && (
              <th scope="col" className="w-10 pl-4 text-left">
                <Checkbox
                  aria-label="Select all rows on this page"
                  checked={chosenCount === rows.length || (chosenCount > 0 && 'indeterminate')}
                  onCheckedChange={(isChosen) => selectRows(isChosen === true)}
                />
              </th>
            )}
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} model={model} onSortChange={onSortChange} />
            ))}
            {table.rowActions && (
              <th scope="col" className="w-10 bg-sunken @2xl:sticky @2xl:right-0">
                <span className="sr-only">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody className="block border-line border-t @2xl:table-row-group @2xl:border-t-0">
          {rows.map((row) => (
            <BodyRow
              key={row.id}
              table={table}
              columns={columns}
              value={row.original.value}
              isCompact={isCompact}
              isSelected={row.getIsSelected()}
              onSelect={(isChosen) => row.toggleSelected(isChosen)}
            />
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}

interface HeaderCellProps<Row> {
  column: Column<Row>;
  model: TableModel<Row>;
  onSortChange: (sort: SortState) => void;
}

function HeaderCell<Row>({ column, model, onSortChange }: HeaderCellProps<Row>) {
  const sorting = model.state.sorting[0];
  const order = sorting?.id === column.id ? (sorting.desc ? 'descending' : 'ascending') : undefined;
  const Arrow = order === 'descending' ? ArrowDown : order === 'ascending' ? ArrowUp : ChevronsUpDown;
  const isEnd = column.align === 'end';
  return (
    <th
      scope="col"
      aria-sort={order}
      className={cn('h-9 whitespace-nowrap px-4 font-medium text-muted', isEnd ? 'text-right' : 'text-left')}
    >
      {column.sortValue ? (
        <button
          type="button"
          onClick={() => onSortChange({ columnId: column.id, isDescending: order === 'ascending' })}
          className={cn(
            'group -mx-1 inline-flex items-center align-middle gap-1 rounded-sm px-1 hover:text-ink',
            isEnd && 'flex-row-reverse',
            order && 'text-ink',
          )}
        >
          {column.header}
          <Arrow
            className={cn(
              'size-3.5',
              !order && 'opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100',
            )}
            aria-hidden
          />
        </button>
      ) : (
        column.header
      )}
    </th>
  );
}

interface BodyRowProps<Row> {
  table: DataTableProps<Row>;
  columns: Column<Row>[];
  value: Row;
  isCompact: boolean;
  isSelected: boolean;
  onSelect: (isChosen: boolean) => void;
}

function BodyRow<Row>({ table, columns, value, isCompact, isSelected, onSelect }: BodyRowProps<Row>) {
  const name = table.getRowName(value);
  const actions = table.rowActions?.(value) ?? [];
  return (
    <tr
      aria-selected={table.bulkActions ? isSelected : undefined}
      className={cn(
        'relative flex flex-col gap-1.5 border-line border-b bg-surface px-4 py-3 last:border-b-0 hover:bg-hover @2xl:table-row @2xl:p-0',
        isSelected && 'bg-accent-soft hover:bg-accent-soft',
      )}
    >
      {table.bulkActions && (
        <td className="absolute top-3.5 left-4 @2xl:static @2xl:w-10 @2xl:pl-4">
          <Checkbox
            aria-label={`Select ${name}`}
            checked={isSelected}
            onCheckedChange={(isChosen) => onSelect(isChosen === true)}
          />
        </td>
      )}
      {columns.map((column) => (
        <td
          key={column.id}
          className={cn(
            'flex min-w-0 items-baseline gap-3 @2xl:table-cell @2xl:px-4',
            isCompact ? '@2xl:h-8 @2xl:py-1' : '@2xl:h-10 @2xl:py-2',
            column.align === 'end' && 'tabular-nums @2xl:text-right',
            column.isTitle && 'pr-10 font-medium @2xl:pr-4',
            column.isTitle && table.bulkActions && 'pl-7 @2xl:pl-4',
          )}
        >
          {!column.isTitle && <span className="w-28 shrink-0 text-muted @2xl:hidden">{column.header}</span>}
          <div className="min-w-0 flex-1">{column.cell(value)}</div>
        </td>
      ))}
      {table.rowActions && (
        <td className="absolute top-2 right-2 bg-inherit @2xl:sticky @2xl:top-auto @2xl:right-0 @2xl:w-10 @2xl:pr-2 @2xl:text-right">
          {actions.length > 0 && (
            <Menu
              actions={actions}
              trigger={
                <IconButton size="icon-sm" label={`Actions for ${name}`} icon={<EllipsisVertical />} />
              }
            />
          )}
        </td>
      )}
    </tr>
  );
}
