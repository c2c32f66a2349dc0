'use client';

import { useQuery } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Skeleton, SkeletonText } from '@/components/ui/skeleton';
import { CrossvaultError } from '@/lib/errors';
import { vaultQuery } from '@/lib/vaults/query';
import { useVaultActions } from '../../_components/use-vault-actions';
import { VaultDetail } from './vault-detail';

export function VaultPage({ region, vaultId }: { region: string; vaultId: string }) {
  const vault = useQuery({
    ...vaultQuery(vaultId),
    retry: (count, error) => !isGone(error) && count < 1,
  });
  const router = useRouter();
  const list = sectionHref(region, 'vaults');
  const actions = useVaultActions({ onDeleted: () => router.push(list) });
  if (vault.error && isGone(vault.error)) {
    return (
      <section className="panel">
        <EmptyState
          icon={<SearchX />}
          title="This vault does not exist"
          action={<ButtonLink href={list}>Open vault management</ButtonLink>}
        >
          It was deleted, or it belongs to another account.
        </EmptyState>
      </section>
    );
  }
  if (vault.data) {
    return (
      <>
        <VaultDetail vault={vault.data} actions={actions} />
        {actions.panels}
      </>
    );
  }
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: 'Vault management', href: list }, { label: vaultId }]}
        title={<Skeleton className="h-6 w-56" />}
      />
      <section className="panel p-4">
        {vault.error ? (
          <ErrorState onRetry={() => void vault.refetch()} isRetrying={vault.isFetching}>
            {vault.error.message}
          </ErrorState>
        ) : (
          <SkeletonText lines={4} />
        )}
      </section>
    </>
  );
}

function isGone(error: unknown): boolean {
  return error instanceof CrossvaultError && error.code === 'not_found';
}
