'use client';

import { useQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { useEffect, useState } from 'react';
import { HelpLink } from '@/app/(console)/_components/help-link';
import { LoadFailure } from '@/app/(console)/_components/load-failure';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { PageHeader } from '@/components/console/page-header';
import { EmptyState } from '@/components/ui/empty-state';
import { SkeletonText } from '@/components/ui/skeleton';
import { backupPointQuery } from '@/lib/backup-points/query';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import { madeFromBackup } from '@/lib/restores/schemas';
import { emptyDraft, type RestoreDraft } from './draft';
import { readDraft } from './draft-store';
import { isWizardKind } from './kinds';
import { RestoreWizard } from './restore-wizard';

interface RestorePageProps {
  region: string;
  kind: string | null;
  vaultId: string | null;
  pointId: string | null;
  step: string | null;
}

export function RestorePage(props: RestorePageProps) {
  const { region, pointId } = props;
  const refusal = useRefusal('restore.run');
  const point = useQuery({ ...backupPointQuery(pointId ?? ''), enabled: pointId !== null });
  // What the tab remembers is known in the browser only.
  const [kept, setKept] = useState<Partial<RestoreDraft> | null | undefined>(undefined);
  useEffect(() => setKept(readDraft()), []);
  const isReady = kept !== undefined && (pointId === null || point.data !== undefined);
  const isOfDisks = point.data !== undefined && !isWizardKind(point.data.source.kind);
  const draft = isReady && !isOfDisks ? toDraft(props, point.data ?? null, kept) : null;
  return (
    <>
      <PageHeader
        title="Restore"
        description="Writes a backup point, or a part of it, to a destination of this account. Nothing in the vault changes."
        actions={<HelpLink topic="restore" />}
      />
      {refusal && (
        <section className="panel">
          <EmptyState icon={<History />} title="You cannot restore">
            {refusal}
          </EmptyState>
        </section>
      )}
      {!refusal && isOfDisks && (
        <section className="panel">
          <EmptyState icon={<History />} title="This backup is not restored here">
            {madeFromBackup.explanation}
          </EmptyState>
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
      {!refusal && !draft && !isOfDisks && !point.error && (
        <section className="panel p-4">
          <SkeletonText lines={5} />
        </section>
      )}
      {!refusal && draft && (
        <RestoreWizard region={region} initialDraft={draft} initialStep={openingStep(draft, props.step)} />
      )}
    </>
  );
}

/** Where the reader was, as far as the answers that are known lead; else the first question that is open. */
function openingStep({ point, vaultId, placeId }: RestoreDraft, wanted: string | null): string {
  const first = point ? 'items' : vaultId ? 'point' : 'kind';
  if (wanted === null) return first;
  const needsPlace = wanted === 'settings' || wanted === 'review';
  const needsPoint = needsPlace || wanted === 'items' || wanted === 'destination';
  if (needsPoint && !point) return first;
  return needsPlace && !placeId ? 'destination' : wanted;
}

/** What the address says, with what the tab remembers of the same restore. */
function toDraft(
  { kind, vaultId, pointId }: RestorePageProps,
  point: BackupPoint | null,
  kept: Partial<RestoreDraft> | null,
): RestoreDraft {
  const given: RestoreDraft = {
    ...emptyDraft,
    kind: point?.source.kind ?? (isWizardKind(kind) ? kind : null),
    vaultId: point?.vault.id ?? vaultId,
    point,
  };
  const isSame =
    kept !== null && (kept.point?.id ?? null) === pointId && (kept.vaultId ?? null) === given.vaultId;
  if (!isSame) return given;
  return { ...given, ...entered(kept) };
}

function entered(kept: Partial<RestoreDraft>): Partial<RestoreDraft> {
  const { mode, included, excluded, placeId, answers, conflictPolicy } = { ...emptyDraft, ...kept };
  return {
    mode,
    included,
    excluded,
    placeId,
    answers: { ...emptyDraft.answers, ...answers },
    conflictPolicy,
  };
}
