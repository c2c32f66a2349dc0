'use client';

import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs';
import { HelpLink } from '@/app/(console)/_components/help-link';
import { PageHeader } from '@/components/console/page-header';
import { buttonStyles } from '@/components/ui/button-styles';
import { ErrorState } from '@/components/ui/error-state';
import { Select } from '@/components/ui/select';
import { Skeleton } from '@/components/ui/skeleton';
import { Tabs } from '@/components/ui/tabs';
import { monthsQuery, statementQuery } from '@/lib/billing/query';
import { BillingLead } from './billing-lead';
import { formatMonth } from './month-words';
import { MonthsTab } from './months-tab';
import { PaidByOthers } from './paid-by-others';
import { PlansTab } from './plans-tab';
import { PricesTab } from './prices-tab';
import { MeterTable, SourceTable, VaultTable } from './statement-tables';

const tabs = ['vaults', 'meters', 'sources', 'months', 'plans', 'prices'] as const;

export function BillingPage({ region }: { region: string }) {
  const [month, setMonth] = useQueryState('month', parseAsString);
  const [tab, setTab] = useQueryState('tab', parseAsStringLiteral(tabs).withDefault('vaults'));
  const statement = useQuery(statementQuery(month ?? undefined));
  const months = useQuery(monthsQuery());
  const { data } = statement;
  const shown = data?.month;
  const options = [
    ...new Set([...(shown ? [shown] : []), ...(months.data?.items ?? []).map((one) => one.month)]),
  ];
  return (
    <>
      <PageHeader
        title="Billing"
        description="What storage, replication and restores cost this account, counted from real bytes and time."
        actions={
          <>
            <HelpLink topic="billing" />
            <Select
              label="Month"
              className="w-44"
              value={shown}
              onValueChange={(next) => void setMonth(next)}
              options={options.map((value) => ({ value, label: formatMonth(value) }))}
            />
            <a
              href={`/api/v1/billing/statement/export${shown ? `?month=${shown}` : ''}`}
              download={`crossvault-statement-${shown ?? 'now'}.csv`}
              className={buttonStyles()}
            >
              <Download aria-hidden />
              Export CSV
            </a>
          </>
        }
      />
      {statement.error && !data ? (
        <section className="panel">
          <ErrorState onRetry={() => void statement.refetch()}>{statement.error.message}</ErrorState>
        </section>
      ) : data ? (
        <BillingLead statement={data} />
      ) : (
        <Skeleton className="h-72 w-full" />
      )}
      <PaidByOthers />
      <Tabs
        label="Statement"
        value={tab}
        onValueChange={(next) => void setTab(next as (typeof tabs)[number])}
        tabs={[
          { value: 'vaults', label: 'By vault', content: <VaultTable statement={data} region={region} /> },
          { value: 'meters', label: 'By meter', content: <MeterTable statement={data} /> },
          { value: 'sources', label: 'By source account', content: <SourceTable statement={data} /> },
          {
            value: 'months',
            label: 'Months',
            content: <MonthsTab onOpen={(next) => void setMonth(next).then(() => setTab('vaults'))} />,
          },
          { value: 'plans', label: 'Capacity plans', content: <PlansTab /> },
          { value: 'prices', label: 'Price list', content: <PricesTab /> },
        ]}
      />
    </>
  );
}
