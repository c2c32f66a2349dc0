'use client';

import { useQuery } from '@tanstack/react-query';
import { CalendarDays } from 'lucide-react';
import { useMemo } from 'react';
import { Amount } from '@/components/console/amount';
import { DataTable } from '@/components/console/data-table/data-table';
import type { Column } from '@/components/console/data-table/types';
import { monthsQuery } from '@/lib/billing/query';
import type { MonthTotal } from '@/lib/billing/statement-schemas';
import { formatMonth } from './month-words';

export function MonthsTab({ onOpen }: { onOpen: (month: string) => void }) {
  const months = useQuery(monthsQuery());
  const columns = useMemo(
    (): Column<MonthTotal>[] => [
      {
        id: 'month',
        header: 'Month',
        isTitle: true,
        sortValue: (row) => row.month,
        cell: (row) => (
          <button type="button" className="link" onClick={() => onOpen(row.month)}>
            {formatMonth(row.month)}
          </button>
        ),
      },
      {
        id: 'state',
        header: 'State',
        cell: (row) => (row.isComplete ? 'Complete' : 'So far'),
      },
      {
        id: 'total',
        header: 'Total',
        align: 'end',
        sortValue: (row) => row.totalMicros,
        cell: (row) => <Amount amountMicros={row.totalMicros} currency={row.currency} />,
      },
    ],
    [onOpen],
  );
  return (
    <DataTable<MonthTotal>
      id="billing-months"
      title="Months"
      noun="months"
      columns={columns}
      rows={months.data?.items}
      getRowId={(row) => row.month}
      getRowName={(row) => formatMonth(row.month)}
      error={months.error?.message}
      onRetry={() => void months.refetch()}
      defaultSort={{ columnId: 'month', isDescending: true }}
      urlPrefix="t"
      empty={{
        icon: <CalendarDays />,
        title: 'No month yet',
        description: 'A month is listed once something was stored, sent or restored in it.',
      }}
    />
  );
}
