import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { getPolicy } from '@/lib/policies';
import { policyQuery } from '@/lib/policies/query';
import { PolicyPage } from '../_components/detail/policy-page';

export const metadata: Metadata = { title: 'Policy' };

interface PageProps {
  params: Promise<{ region: string; policyId: string }>;
}

export default async function Page({ params }: PageProps) {
  const { region, policyId } = await params;
  const { queryKey } = policyQuery(policyId);
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => getPolicy(ctx, { id: policyId }) }]}>
      <PolicyPage region={region} policyId={policyId} />
    </Prefetched>
  );
}
