import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { getPolicy } from '@/lib/policies';
import { policyQuery } from '@/lib/policies/query';
import { EditPolicyPage } from '../../_components/form/edit-policy-page';

export const metadata: Metadata = { title: 'Edit policy' };

interface PageProps {
  params: Promise<{ region: string; policyId: string }>;
}

export default async function Page({ params }: PageProps) {
  const { region, policyId } = await params;
  const { queryKey } = policyQuery(policyId);
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => getPolicy(ctx, { id: policyId }) }]}>
      <EditPolicyPage region={region} policyId={policyId} />
    </Prefetched>
  );
}
