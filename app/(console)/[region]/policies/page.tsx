import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { listPolicies } from '@/lib/policies';
import { policiesQuery } from '@/lib/policies/query';
import { PoliciesPage } from './_components/list/policies-page';

export const metadata: Metadata = { title: 'Policies' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  const { queryKey } = policiesQuery();
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => listPolicies(ctx, {}) }]}>
      <PoliciesPage region={region} />
    </Prefetched>
  );
}
