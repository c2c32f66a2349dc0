'use client';

import { createParser, parseAsIndex, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useCallback, useMemo } from 'react';
import type { Column, SortState, TableUrlState } from './types';

const parseAsSort = createParser<SortState>({
  parse: (text) => {
    const [columnId, order] = text.split('.');
    if (!columnId || (order !== 'asc' && order !== 'desc')) return null;
    return { columnId, isDescending: order === 'desc' };
  },
  serialize: (sort) => `${sort.columnId}.${sort.isDescending ? 'desc' : 'asc'}`,
  eq: (a, b) => a.columnId === b.columnId && a.isDescending === b.isDescending,
});

/**
 * The state of a table in the address: `q`, `sort`, `page` and one key for each select filter. Values that
 * the columns do not know are dropped, so an old link cannot break a page.
 */
export function useTableUrlState<Row>(columns: Column<Row>[], urlPrefix = '') {
  const parsers = useMemo(() => {
    const filters = columns.flatMap((column) =>
      column.filter
        ? [
            [
              `${urlPrefix}${column.id}`,
              parseAsStringLiteral(column.filter.options.map((option) => option.value)),
            ],
          ]
        : [],
    );
    return {
      [`${urlPrefix}q`]: parseAsString.withDefault(''),
      [`${urlPrefix}sort`]: parseAsSort,
      [`${urlPrefix}page`]: parseAsIndex.withDefault(0),
      ...Object.fromEntries(filters),
    };
  }, [columns, urlPrefix]);
  const [values, setValues] = useQueryStates(parsers, { history: 'replace' });

  const state = useMemo((): TableUrlState => {
    const sort = values[`${urlPrefix}sort`] as SortState | null;
    return {
      text: values[`${urlPrefix}q`] as string,
      sort: sort && columns.some((column) => column.id === sort.columnId && column.sortValue) ? sort : null,
      pageIndex: Math.max(0, values[`${urlPrefix}page`] as number),
      filters: Object.fromEntries(
        columns.flatMap((column) =>
          column.filter ? [[column.id, values[`${urlPrefix}${column.id}`] as string | null]] : [],
        ),
      ),
    };
  }, [columns, urlPrefix, values]);

  const set = useCallback(
    (change: Partial<TableUrlState>) => {
      const next: Record<string, unknown> = {};
      if (change.text !== undefined) next[`${urlPrefix}q`] = change.text || null;
      if (change.sort !== undefined) next[`${urlPrefix}sort`] = change.sort;
      for (const [id, value] of Object.entries(change.filters ?? {})) next[`${urlPrefix}${id}`] = value;
      next[`${urlPrefix}page`] = change.pageIndex ?? null;
      void setValues(next);
    },
    [setValues, urlPrefix],
  );

  return { state, set };
}
