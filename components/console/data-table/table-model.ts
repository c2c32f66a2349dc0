'use client';

import {
  columnFilteringFeature,
  columnVisibilityFeature,
  createColumnHelper,
  createFilteredRowModel,
  createSortedRowModel,
  type ReactTable,
  rowSelectionFeature,
  rowSortingFeature,
  type Row as TanStackRow,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useMemo } from 'react';
import type { TablePreferences } from './table-preferences';
import type { Column, DataTableProps, TableUrlState } from './types';

export const features = tableFeatures({
  columnFilteringFeature,
  columnVisibilityFeature,
  rowSelectionFeature,
  rowSortingFeature,
  filteredRowModel: createFilteredRowModel(),
  sortedRowModel: createSortedRowModel(),
});

/** TanStack rows must be records; ours are wrapped so that any type will do. */
export interface TableRow<Row> {
  value: Row;
}

export type ModelRow<Row> = TanStackRow<typeof features, TableRow<Row>>;
export type TableModel<Row> = ReactTable<typeof features, TableRow<Row>>;

const textColumn = '_text';
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compareValues(a: string | number | null, b: string | number | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
}

function toColumnDefs<Row>(columns: Column<Row>[]) {
  const helper = createColumnHelper<typeof features, TableRow<Row>>();
  const searched = columns.filter((column) => column.searchText);
  const shown = columns.map((column) =>
    helper.accessor((row) => column.sortValue?.(row.value) ?? null, {
      id: column.id,
      enableSorting: Boolean(column.sortValue),
      enableHiding: !column.isTitle,
      sortFn: (a, b) =>
        compareValues(
          column.sortValue?.(a.original.value) ?? null,
          column.sortValue?.(b.original.value) ?? null,
        ),
      filterFn: (row, _id, wanted: string) =>
        [column.filter?.valueOf(row.original.value)].flat().includes(wanted),
    }),
  );
  const text = helper.accessor((row) => searched.map((column) => column.searchText?.(row.value)).join('\n'), {
    id: textColumn,
    enableSorting: false,
    filterFn: (row, id, wanted: string) =>
      row.getValue<string>(id).toLowerCase().includes(wanted.toLowerCase()),
  });
  return helper.columns([...shown, text]);
}

interface ModelInput<Row>
  extends Pick<
    DataTableProps<Row>,
    'columns' | 'rows' | 'getRowId' | 'defaultSort' | 'server' | 'bulkActions'
  > {
  url: TableUrlState;
  preferences: TablePreferences;
}

/** The table behind `DataTable`: state comes from the URL and the reader's preferences, rows from the caller. */
export function useTableModel<Row>(input: ModelInput<Row>): TableModel<Row> {
  const { columns, rows, getRowId, defaultSort, server, bulkActions, url, preferences } = input;
  const columnDefs = useMemo(() => toColumnDefs(columns), [columns]);
  const data = useMemo(() => (rows ?? []).map((value) => ({ value })), [rows]);
  const sort = url.sort ?? defaultSort;
  const filters = Object.entries(url.filters).flatMap(([id, value]) => (value ? [{ id, value }] : []));
  if (url.text) filters.push({ id: textColumn, value: url.text });
  const visibility: Record<string, boolean> = { [textColumn]: false };
  for (const column of columns)
    visibility[column.id] = column.isTitle || !preferences.hiddenColumns.includes(column.id);
  return useTable({
    features,
    columns: columnDefs,
    data,
    getRowId: (row) => getRowId(row.value),
    enableRowSelection: Boolean(bulkActions),
    manualFiltering: Boolean(server),
    manualSorting: Boolean(server),
    state: {
      sorting: sort ? [{ id: sort.columnId, desc: sort.isDescending }] : [],
      columnFilters: filters,
      columnVisibility: visibility,
    },
  });
}
