'use client';

import { useQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { LoadFailure } from '@/app/(console)/_components/load-failure';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { PageHeader } from '@/components/console/page-header';
import { EmptyState } from '@/components/ui/empty-state';
import { SkeletonText } from '@/components/ui/skeleton';
import { backupPointQuery } from '@/lib/backup-points/query';
import { emptyDraft, type RestoreDraft } from './draft';
import { RestoreWizard } from './restore-wizard';

interface RestorePageProps {
  region: string;
  vaultId: string | null;
  pointId: string | null;
}

export function RestorePage({ region, vaultId, pointId }: RestorePageProps) {
  const refusal = useRefusal('restore.run');
  const point = useQuery({ ...backupPointQuery(pointId ?? ''), enabled: pointId !== null });
  const draft: RestoreDraft = {
    ...emptyDraft,
    vaultId: point.data?.vault.id ?? vaultId,
    point: point.data ?? null,
  };
  return (
    <>
      <PageHeader
        title="Restore"
        description="Writes files of a backup point to a host of this account. Nothing in the vault changes."
      />
      {refusal && (
        <section className="panel">
          <EmptyState icon={<History />} title="You cannot restore">
            {refusal}
          </EmptyState>
        </section>
      )}
      {!refusal && pointId && point.isPending && (
        <section className="panel p-4">
          <SkeletonText lines={5} />
        </section>
      )}
      {!refusal && point.error && !point.data && (
        <section className="panel">
          <LoadFailure
            error={point.error}
            onRetry={() => void point.refetch()}
            isRetrying={point.isFetching}
          />
        </section>
      )}
      {!refusal && (pointId === null || point.data) && (
        <RestoreWizard
          region={region}
          initialDraft={draft}
          initialStep={draft.point ? 2 : draft.vaultId ? 1 : 0}
        />
      )}
    </>
  );
}
