'use client';

import { useQuery } from '@tanstack/react-query';
import { PageHeader } from '@/components/console/page-header';
import { ErrorState } from '@/components/ui/error-state';
import { SkeletonText } from '@/components/ui/skeleton';
import { directoryQuery } from '@/lib/directory/query';
import { DirectoryView } from './directory-view';
import { NoDirectory } from './no-directory';
import { ReceivedInvitations } from './received-invitations';

export function ResourceDirectoryPage() {
  const found = useQuery(directoryQuery());
  return (
    <>
      <PageHeader
        title="Resource directory"
        description="Accounts of one organisation in a tree of folders. Shares reach them without invitations, also those that join later."
      />
      <div className="flex flex-col gap-5">
        <ReceivedInvitations isInDirectory={Boolean(found.data?.directory)} />
        {found.data?.directory ? (
          <DirectoryView directory={found.data.directory} />
        ) : found.data ? (
          <NoDirectory />
        ) : (
          <section className="panel p-4">
            {found.error ? (
              <ErrorState onRetry={() => void found.refetch()} isRetrying={found.isFetching}>
                {found.error.message}
              </ErrorState>
            ) : (
              <SkeletonText lines={5} />
            )}
          </section>
        )}
      </div>
    </>
  );
}
