import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { listInvitations } from '@/lib/resource-shares';
import { invitationsQuery } from '@/lib/resource-shares/query';
import { SharedWithMePage } from './_components/shared-with-me-page';

export const metadata: Metadata = { title: 'Shared with me' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  const { queryKey } = invitationsQuery();
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => listInvitations(ctx, {}) }]}>
      <SharedWithMePage region={region} />
    </Prefetched>
  );
}
