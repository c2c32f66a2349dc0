import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { getDirectory, listDirectoryInvitations } from '@/lib/directory';
import { directoryInvitationsQuery, directoryQuery } from '@/lib/directory/query';
import { ResourceDirectoryPage } from './_components/resource-directory-page';

export const metadata: Metadata = { title: 'Resource directory' };

export default function Page() {
  return (
    <Prefetched
      reads={[
        { queryKey: directoryQuery().queryKey, read: (ctx) => getDirectory(ctx, {}) },
        { queryKey: directoryInvitationsQuery().queryKey, read: (ctx) => listDirectoryInvitations(ctx, {}) },
      ]}
    >
      <ResourceDirectoryPage />
    </Prefetched>
  );
}
