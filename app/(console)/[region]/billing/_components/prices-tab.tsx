'use client';

import { useQuery } from '@tanstack/react-query';
import { Tags } from 'lucide-react';
import { useMemo } from 'react';
import { Amount } from '@/components/console/amount';
import { DataTable } from '@/components/console/data-table/data-table';
import type { Column } from '@/components/console/data-table/types';
import { Callout } from '@/components/ui/callout';
import { type PriceList, pricesOf, type RegionPrices, type StorageClass } from '@/lib/billing/price-list';
import { priceListQuery } from '@/lib/billing/query';
import { knownRegions, regionName } from '@/lib/regions/schemas';

interface PriceRow {
  region: string;
  name: string;
  prices: RegionPrices;
}

const storageWords: [StorageClass, string][] = [
  ['standard', 'Standard'],
  ['replication_target', 'Target'],
  ['archive', 'Archive'],
  ['database', 'Database'],
  ['container', 'Container'],
];

/** The operator's prices as they are in force now. */
export function PricesTab() {
  const prices = useQuery(priceListQuery());
  const list = prices.data;
  const columns = useMemo(() => priceColumns(list?.currency ?? 'USD'), [list?.currency]);
  const rows =
    list &&
    knownRegions().map(({ id, name }): PriceRow => ({ region: id, name, prices: pricesOf(list, id) }));
  return (
    <div className="flex flex-col gap-4">
      <Callout kind="info" title="These are the prices of the operator of this installation">
        Storage is priced by the GiB kept for 30 days, counted by the second; replication and restores by the
        GiB sent. Trials, replication inside a region, restores inside a region and restores over a VPN or a
        leased line are free. An hour keeps the prices that were in force when it began.
      </Callout>
      <DataTable<PriceRow>
        id="prices"
        title="Price list"
        noun="regions"
        columns={columns}
        rows={rows}
        getRowId={(row) => row.region}
        getRowName={(row) => row.name}
        error={prices.error?.message}
        onRetry={() => void prices.refetch()}
        urlPrefix="l"
        empty={{ icon: <Tags />, title: 'No regions', description: 'Prices are listed by region.' }}
      />
      {list && list.routes.length > 0 && <Routes list={list} />}
    </div>
  );
}

function Routes({ list }: { list: PriceList }) {
  return (
    <section className="panel p-4">
      <h2 className="font-semibold">Replication with a price of its own</h2>
      <ul className="mt-2 flex flex-col gap-1">
        {list.routes.map(({ from, to, perGibMicros }) => (
          <li key={`${from} ${to}`}>
            {regionName(from)} to {regionName(to)}:{' '}
            <Amount amountMicros={perGibMicros} currency={list.currency} /> per GiB
          </li>
        ))}
      </ul>
    </section>
  );
}

function priceColumns(currency: string): Column<PriceRow>[] {
  const price = (id: string, header: string, micros: (prices: RegionPrices) => number): Column<PriceRow> => ({
    id,
    header,
    align: 'end',
    sortValue: (row) => micros(row.prices),
    cell: (row) => <Amount amountMicros={micros(row.prices)} currency={currency} />,
  });
  return [
    {
      id: 'region',
      header: 'Region',
      isTitle: true,
      sortValue: (row) => row.name,
      searchText: (row) => `${row.name}\n${row.region}`,
      cell: (row) => row.name,
    },
    ...storageWords.map(([name, word]) =>
      price(name, word, (prices) => prices.storagePerGibMonthMicros[name]),
    ),
    price('replication', 'Replication in', (prices) => prices.replicationPerGibMicros),
    price('internet', 'Internet restore', (prices) => prices.internetRestorePerGibMicros),
  ];
}
