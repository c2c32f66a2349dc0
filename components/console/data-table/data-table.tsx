'use client';

import { SearchX } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { formatCount } from '@/components/ui/format';
import { Pagination } from '@/components/ui/pagination';
import { Skeleton } from '@/components/ui/skeleton';
import { pickPage } from './pick-page';
import { TableGrid } from './table-grid';
import { useTableModel } from './table-model';
import { useTablePreferences } from './table-preferences';
import { TableToolbar } from './table-toolbar';
import type { DataTableProps, ServerPaging } from './types';
import { useTableUrlState } from './use-table-url-state';

const noFilters = { text: '', pageIndex: 0 } as const;

/** A list with a filter box, select filters, sorting, columns, density, paging and a menu for each row. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows, server, error, onRetry, empty, noun } = props;
  const url = useTableUrlState(columns, props.urlPrefix);
  const hiddenAtFirst = columns.filter((column) => column.isHiddenAtFirst).map((column) => column.id);
  const { preferences, change } = useTablePreferences(props.id, hiddenAtFirst);
  const total = rows ? (server?.total ?? rows.length) : null;
  const model = useTableModel({ ...props, url: url.state, preferences });
  const allRows = model.getRowModel().rows;
  const pageSize = server ? Number.POSITIVE_INFINITY : preferences.pageSize;
  const page = pickPage(allRows, url.state.pageIndex, pageSize);
  const filteredCount = server ? server.total : allRows.length;
  const isFiltered = url.state.text !== '' || Object.values(url.state.filters).some(Boolean);
  const clear = () =>
    url.set({
      ...noFilters,
      filters: Object.fromEntries(Object.keys(url.state.filters).map((id) => [id, null])),
    });
  const chosen = props.bulkActions ? model.getSelectedRowModel().rows.map((row) => row.original.value) : [];

  if (rows && total === 0 && !isFiltered && !error) {
    return (
      <section className="panel">
        <EmptyState icon={empty.icon} title={empty.title} action={empty.action}>
          {empty.description}
        </EmptyState>
      </section>
    );
  }
  return (
    <section className="panel @container" aria-busy={!rows && !error}>
      <TableToolbar
        table={props}
        url={url.state}
        onUrlChange={url.set}
        preferences={preferences}
        onPreferencesChange={change}
        shownCount={filteredCount}
        totalCount={total}
      />
      {chosen.length > 0 && (
        <div className="flex flex-wrap items-center gap-3 border-line border-t bg-accent-soft px-4 py-2">
          <span className="font-medium">{formatCount(chosen.length)} selected</span>
          {props.bulkActions?.(chosen)}
        </div>
      )}
      {error && rows && (
        <Callout
          kind="danger"
          className="mx-4 mb-3"
          action={
            onRetry && (
              <Button size="sm" onClick={onRetry}>
                Try again
              </Button>
            )
          }
        >
          {error}
        </Callout>
      )}
      {!rows && error && <ErrorState onRetry={onRetry}>{error}</ErrorState>}
      {!rows && !error && <LoadingRows noun={noun} />}
      {rows && filteredCount === 0 && (
        <div className="border-line border-t">
          <EmptyState
            icon={<SearchX />}
            title={`No ${noun} match`}
            action={<Button onClick={clear}>Clear filters</Button>}
          >
            Change the text or the filters to see more.
          </EmptyState>
        </div>
      )}
      {rows && filteredCount > 0 && (
        <>
          <TableGrid
            table={props}
            model={model}
            rows={page.rows}
            isCompact={preferences.isCompact}
            onSortChange={(sort) => url.set({ sort })}
          />
          <TableFooter
            noun={noun}
            server={server}
            loadedCount={rows.length}
            page={page}
            onPageChange={(pageIndex) => url.set({ pageIndex })}
          />
        </>
      )}
    </section>
  );
}

interface TableFooterProps {
  noun: string;
  server?: ServerPaging;
  loadedCount: number;
  page: { pageIndex: number; pageCount: number };
  onPageChange: (pageIndex: number) => void;
}

function TableFooter({ noun, server, loadedCount, page, onPageChange }: TableFooterProps) {
  if (server) {
    if (!server.hasMore) return null;
    return (
      <footer className="flex flex-wrap items-center justify-between gap-2 border-line border-t px-4 py-2">
        <span className="text-muted text-sm">
          {formatCount(loadedCount)} of {formatCount(server.total)} {noun} shown
        </span>
        <Button size="sm" isLoading={server.isLoadingMore} onClick={server.onLoadMore}>
          Load more {noun}
        </Button>
      </footer>
    );
  }
  if (page.pageCount <= 1) return null;
  return (
    <footer className="flex justify-end border-line border-t px-4 py-1.5">
      <Pagination {...page} onPageChange={onPageChange} />
    </footer>
  );
}

function LoadingRows({ noun }: { noun: string }) {
  return (
    <div role="status" className="border-line border-t">
      <span className="sr-only">Loading {noun}</span>
      {['w-2/5', 'w-3/5', 'w-1/2', 'w-2/3', 'w-2/5'].map((width, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines have no identity
        <div key={line} className="flex h-10 items-center gap-6 border-line border-b px-4 last:border-b-0">
          <Skeleton className="w-48 max-w-1/3" />
          <Skeleton className={width} />
        </div>
      ))}
    </div>
  );
}
