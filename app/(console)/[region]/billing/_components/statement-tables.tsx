'use client';

import { ReceiptText, Share2 } from 'lucide-react';
import Link from 'next/link';
import { useMemo } from 'react';
import { Amount } from '@/components/console/amount';
import { DataTable } from '@/components/console/data-table/data-table';
import type { Column } from '@/components/console/data-table/types';
import { Badge } from '@/components/ui/badge';
import { Id } from '@/components/ui/copyable';
import { formatBytes, plural } from '@/components/ui/format';
import { Nothing } from '@/components/ui/quantities';
import { type Meter, meterGroupOf, meterWords } from '@/lib/billing/meters';
import { monthSeconds } from '@/lib/billing/money';
import type { Statement } from '@/lib/billing/statement-schemas';
import {
  type MeterSum,
  type SourceSum,
  sumByMeter,
  sumBySource,
  sumByVault,
  type VaultSum,
} from '@/lib/billing/sum-lines';
import { regionName } from '@/lib/regions/schemas';

interface TableProps {
  statement: Statement | undefined;
}

const nothingYet = {
  icon: <ReceiptText />,
  title: 'Nothing was used in this month',
  description: 'Storage counts from the first backup on, by the hour. Traffic counts when it flows.',
};

function groupColumns<Row extends VaultSum | SourceSum>(currency: string): Column<Row>[] {
  const column = (id: 'storage' | 'replication' | 'restore', header: string): Column<Row> => ({
    id,
    header,
    align: 'end',
    sortValue: (row) => row.groupMicros[id],
    cell: (row) => <Amount amountMicros={row.groupMicros[id]} currency={currency} />,
  });
  return [
    column('storage', 'Storage'),
    column('replication', 'Replication'),
    column('restore', 'Restores'),
    totalColumn<Row>(currency),
  ];
}

function totalColumn<Row extends { amountMicros: number }>(currency: string): Column<Row> {
  return {
    id: 'total',
    header: 'Total',
    align: 'end',
    sortValue: (row) => row.amountMicros,
    cell: (row) => (
      <span className="font-medium">
        <Amount amountMicros={row.amountMicros} currency={currency} />
      </span>
    ),
  };
}

const dearestFirst = { columnId: 'total', isDescending: true };

export function VaultTable({ statement, region }: TableProps & { region: string }) {
  const currency = statement?.currency ?? 'USD';
  const columns = useMemo(
    (): Column<VaultSum>[] => [
      {
        id: 'vault',
        header: 'Vault',
        isTitle: true,
        sortValue: (row) => row.vaultName,
        searchText: (row) => `${row.vaultName}\n${row.vaultId}\n${row.source?.accountName ?? ''}`,
        cell: (row) => (
          <div className="min-w-0">
            {row.isDeleted ? (
              <span className="wrap-anywhere">
                {row.vaultName} <Badge>Deleted</Badge>
              </span>
            ) : (
              <Link href={`/${row.region || region}/vaults/${row.vaultId}`} className="link wrap-anywhere">
                {row.vaultName}
              </Link>
            )}
            <Id value={row.vaultId} className="flex font-normal" />
          </div>
        ),
      },
      {
        id: 'region',
        header: 'Region',
        sortValue: (row) => row.region,
        cell: (row) => regionName(row.region),
      },
      {
        id: 'source',
        header: 'Copy of',
        sortValue: (row) => row.source?.accountName ?? '',
        cell: (row) =>
          row.source ? `${row.source.vaultName}, ${row.source.accountName}` : <Nothing label="No replica" />,
      },
      ...groupColumns<VaultSum>(currency),
    ],
    [currency, region],
  );
  return (
    <DataTable<VaultSum>
      id="billing-vaults"
      title="Charges by vault"
      noun="vaults"
      columns={columns}
      rows={statement && sumByVault(statement.lines)}
      getRowId={(row) => row.vaultId}
      getRowName={(row) => row.vaultName}
      defaultSort={dearestFirst}
      urlPrefix="v"
      empty={nothingYet}
    />
  );
}

export function SourceTable({ statement }: TableProps) {
  const currency = statement?.currency ?? 'USD';
  const columns = useMemo(
    (): Column<SourceSum>[] => [
      {
        id: 'account',
        header: 'Source account',
        isTitle: true,
        sortValue: (row) => row.accountName,
        searchText: (row) => `${row.accountName}\n${row.accountId}`,
        cell: (row) => (
          <div className="min-w-0">
            <span className="wrap-anywhere">{row.accountName}</span>
            <Id value={row.accountId} cut="whole" className="flex font-normal" />
          </div>
        ),
      },
      {
        id: 'vaults',
        header: 'Target vaults',
        sortValue: (row) => row.vaults.length,
        cell: (row) => <span title={row.vaults.join(', ')}>{plural(row.vaults.length, 'vault')}</span>,
      },
      ...groupColumns<SourceSum>(currency),
    ],
    [currency],
  );
  return (
    <DataTable<SourceSum>
      id="billing-sources"
      title="What each source account costs you"
      noun="accounts"
      columns={columns}
      rows={statement && sumBySource(statement.lines)}
      getRowId={(row) => row.accountId}
      getRowName={(row) => row.accountName}
      defaultSort={dearestFirst}
      urlPrefix="s"
      empty={{
        icon: <Share2 />,
        title: 'No copies of other vaults in this month',
        description:
          'The owner of a replication target pays for its storage, for the traffic between regions and for restores. Here they are added up by the account that the copies came from.',
      }}
    />
  );
}

export function MeterTable({ statement }: TableProps) {
  const currency = statement?.currency ?? 'USD';
  const columns = useMemo(
    (): Column<MeterSum>[] => [
      {
        id: 'meter',
        header: 'Meter',
        isTitle: true,
        sortValue: (row) => meterWords[row.meter],
        cell: (row) => meterWords[row.meter],
      },
      {
        id: 'quantity',
        header: 'Used',
        align: 'end',
        sortValue: (row) => row.quantity,
        cell: (row) => <Quantity meter={row.meter} quantity={row.quantity} />,
      },
      {
        id: 'covered',
        header: 'Covered by plans',
        align: 'end',
        sortValue: (row) => row.coveredQuantity,
        cell: (row) =>
          row.coveredQuantity > 0 ? (
            <Quantity meter={row.meter} quantity={row.coveredQuantity} />
          ) : (
            <Nothing label="Nothing" />
          ),
      },
      totalColumn<MeterSum>(currency),
    ],
    [currency],
  );
  return (
    <DataTable<MeterSum>
      id="billing-meters"
      title="Charges by meter"
      noun="meters"
      columns={columns}
      rows={statement && sumByMeter(statement.lines)}
      getRowId={(row) => row.meter}
      getRowName={(row) => meterWords[row.meter]}
      defaultSort={dearestFirst}
      urlPrefix="m"
      empty={nothingYet}
    />
  );
}

/** `1.2 GiB-months` of storage, `1.2 GiB` of traffic; the exact number on hover. */
function Quantity({ meter, quantity }: { meter: Meter; quantity: number }) {
  const isStorage = meterGroupOf(meter) === 'storage';
  const text = isStorage ? `${formatBytes(quantity / monthSeconds)}-months` : formatBytes(quantity);
  return (
    <span
      className="whitespace-nowrap"
      title={`${Math.round(quantity).toLocaleString('en-US')} ${isStorage ? 'byte-seconds' : 'bytes'}`}
    >
      {text}
    </span>
  );
}
