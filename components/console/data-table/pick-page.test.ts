import { expect, test } from 'vitest';
import { pickPage } from './pick-page';

const rows = Array.from({ length: 23 }, (_, at) => at);

test('a page holds its share of the rows', () => {
  expect(pickPage(rows, 1, 10)).toEqual({ rows: rows.slice(10, 20), pageIndex: 1, pageCount: 3 });
});

test('a page beyond the end is the last page', () => {
  expect(pickPage(rows, 9, 10)).toEqual({ rows: [20, 21, 22], pageIndex: 2, pageCount: 3 });
});

test('no rows are one empty page', () => {
  expect(pickPage([], 4, 10)).toEqual({ rows: [], pageIndex: 0, pageCount: 1 });
});

test('without a page size everything is on the first page', () => {
  expect(pickPage(rows, 0, Number.POSITIVE_INFINITY)).toEqual({ rows, pageIndex: 0, pageCount: 1 });
});
