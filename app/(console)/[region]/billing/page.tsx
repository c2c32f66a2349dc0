import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { getPriceList, getStatement, listCapacityPlans } from '@/lib/billing';
import { capacityPlansQuery, priceListQuery, statementQuery } from '@/lib/billing/query';
import type { Context } from '@/lib/context';
import { BillingPage } from './_components/billing-page';

export const metadata: Metadata = { title: 'Billing' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  const reads = [
    { queryKey: statementQuery().queryKey, read: (ctx: Context) => getStatement(ctx, {}) },
    { queryKey: priceListQuery().queryKey, read: (ctx: Context) => getPriceList(ctx, {}) },
    {
      queryKey: capacityPlansQuery().queryKey,
      read: (ctx: Context) => listCapacityPlans(ctx, {}),
    },
  ];
  return (
    <Prefetched reads={reads}>
      <BillingPage region={region} />
    </Prefetched>
  );
}
