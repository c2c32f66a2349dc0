import type { ReactNode } from 'react';
import type { MenuAction } from '@/components/ui/menu';

export interface FilterOption {
  value: string;
  label: string;
}

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Makes the column sortable; dates as ISO strings or numbers. */
  sortValue?: (row: Row) => string | number | null;
  /** Text that the filter box searches. */
  searchText?: (row: Row) => string;
  /** A select above the table; at most two in one table. */
  filter?: {
    label: string;
    options: FilterOption[];
    /** A row with several values is found by each of them. */
    valueOf: (row: Row) => string | readonly string[];
  };
  align?: 'start' | 'end';
  /** Names the row: first in the table, the heading of its card on a narrow screen, and cannot be hidden. */
  isTitle?: boolean;
  isHiddenAtFirst?: boolean;
}

export interface SortState {
  columnId: string;
  isDescending: boolean;
}

/** What the URL says about a table. Pages with a server-side list read it with `useTableUrlState` for their query. */
export interface TableUrlState {
  text: string;
  filters: Record<string, string | null>;
  sort: SortState | null;
  pageIndex: number;
}

/** For lists that the server filters, sorts and hands out by cursor. */
export interface ServerPaging {
  total: number;
  hasMore: boolean;
  isLoadingMore: boolean;
  onLoadMore: () => void;
}

export interface EmptyContent {
  icon?: ReactNode;
  title: string;
  description?: ReactNode;
  action?: ReactNode;
}

export interface DataTableProps<Row> {
  /** Names the saved preferences of this table. */
  id: string;
  title: string;
  /** A word for the counter and the messages: `vaults`. */
  noun: string;
  columns: Column<Row>[];
  /** Undefined while the first load runs. */
  rows: Row[] | undefined;
  getRowId: (row: Row) => string;
  /** A name for the row's menu and checkbox. */
  getRowName: (row: Row) => string;
  /** The last load's failure; rows already shown stay. */
  error?: ReactNode;
  onRetry?: () => void;
  empty: EmptyContent;
  searchPlaceholder?: string;
  defaultSort?: SortState;
  rowActions?: (row: Row) => MenuAction[];
  /** Buttons at the right of the title. */
  actions?: ReactNode;
  /** Turns on row selection; receives the chosen rows. */
  bulkActions?: (rows: Row[]) => ReactNode;
  server?: ServerPaging;
  /** Keeps two tables on one page apart in the URL. */
  urlPrefix?: string;
}
