'use client';

import { useQuery } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import { sectionHref } from '@/components/console/navigation';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { SkeletonText } from '@/components/ui/skeleton';
import { CrossvaultError } from '@/lib/errors';
import { resourceShareQuery } from '@/lib/resource-shares/query';
import { ShareDetail } from './share-detail';

export function SharePage({ region, shareId }: { region: string; shareId: string }) {
  const share = useQuery({
    ...resourceShareQuery(shareId),
    retry: (count, error) => !isGone(error) && count < 1,
  });
  if (share.data && !(share.error && isGone(share.error)))
    return <ShareDetail region={region} share={share.data} />;
  if (share.error && isGone(share.error)) {
    return (
      <section className="panel">
        <EmptyState
          icon={<SearchX />}
          title="This resource share does not exist"
          action={<ButtonLink href={sectionHref(region, 'shared-by-me')}>Open shared by me</ButtonLink>}
        >
          It was deleted some days ago, or it belongs to another account.
        </EmptyState>
      </section>
    );
  }
  return (
    <section className="panel p-4">
      {share.error ? (
        <ErrorState onRetry={() => void share.refetch()} isRetrying={share.isFetching}>
          {share.error.message}
        </ErrorState>
      ) : (
        <SkeletonText lines={4} />
      )}
    </section>
  );
}

function isGone(error: unknown): boolean {
  return error instanceof CrossvaultError && error.code === 'not_found';
}
