'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { jobHref } from '@/app/(console)/_components/jobs/job-words';
import { useAction } from '@/app/(console)/_components/use-action';
import { sectionHref } from '@/components/console/navigation';
import { Wizard } from '@/components/console/wizard/wizard';
import { clientsQuery } from '@/lib/clients/query';
import { isAbsoluteHostPath } from '@/lib/jobs/rules';
import { restoreDestinationsQuery } from '@/lib/restores/query';
import { allVaultsQuery } from '@/lib/vaults/query';
import { startRestoreAction } from '../actions';
import { ConflictReview, ConflictStep } from './conflict-step';
import { DestinationReview, DestinationStep } from './destination-step';
import { checkItems, choosePoint, chooseVault, type RestoreDraft, toSelection } from './draft';
import { ItemsReview, ItemsStep } from './items-step';
import { PointReview, PointStep } from './point-step';
import { ReviewLead } from './review-lead';
import { VaultReview, VaultStep } from './vault-step';

interface RestoreWizardProps {
  region: string;
  initialDraft: RestoreDraft;
  initialStep: number;
}

/** From a vault to a host in five answers and a review. */
export function RestoreWizard({ region, initialDraft, initialStep }: RestoreWizardProps) {
  const router = useRouter();
  const [draft, setDraft] = useState(initialDraft);
  const change = (part: Partial<RestoreDraft>) => setDraft((old) => ({ ...old, ...part }));
  const vaults = useQuery(allVaultsQuery());
  const vault = vaults.data?.find(({ id }) => id === draft.vaultId) ?? null;
  const destinations = useQuery({
    ...restoreDestinationsQuery({ vaultId: draft.vaultId ?? '', kind: draft.point?.source.kind }),
    enabled: draft.vaultId !== null,
  });
  const clients = useQuery(clientsQuery());
  const destination = destinations.data?.items.find(({ clientId }) => clientId === draft.clientId) ?? null;
  const client = clients.data?.items.find(({ id }) => id === draft.clientId) ?? null;
  const start = useAction(startRestoreAction, (job) => router.push(jobHref(job, region)));
  const submit = () => {
    if (!draft.point || !draft.clientId) return;
    start.send({
      pointId: draft.point.id,
      clientId: draft.clientId,
      selection: toSelection(draft),
      destination: { kind: 'host', targetPath: draft.targetPath.trim() },
      conflictPolicy: draft.conflictPolicy,
    });
  };
  const checkDestination = (): string[] => {
    if (!draft.clientId) return ['Choose a client to restore to.'];
    if (!destination?.eligible) return [destination?.explanation ?? 'Choose another client.'];
    if (!draft.targetPath.trim()) return ['Enter the target path.'];
    return isAbsoluteHostPath(draft.targetPath.trim(), client?.platform ?? '')
      ? []
      : ['Write the whole target path, from the root of the host.'];
  };

  return (
    <Wizard
      label="Restore"
      initialStep={initialStep}
      submitLabel="Start restore"
      isSubmitting={start.isPending}
      error={start.error && [start.error.message, ...Object.values(start.fields)].join(' ')}
      onSubmit={submit}
      onCancel={() => router.push(sectionHref(region, 'restore-jobs'))}
      reviewLead={draft.point && <ReviewLead draft={draft} point={draft.point} client={client} />}
      steps={[
        {
          id: 'vault',
          title: 'Source vault',
          description: 'Where the backup is. A second copy restores without the account that it came from.',
          content: (
            <VaultStep
              region={region}
              vaults={vaults.data}
              error={vaults.error}
              onRetry={() => void vaults.refetch()}
              value={draft.vaultId}
              onChange={(id) => setDraft((old) => chooseVault(old, id))}
            />
          ),
          validate: () => (vault ? [] : ['Choose a vault.']),
          review: vault && <VaultReview vault={vault} />,
        },
        {
          id: 'point',
          title: 'Backup point',
          description: 'The moment to go back to.',
          content: draft.vaultId && (
            <PointStep
              key={draft.vaultId}
              vaultId={draft.vaultId}
              value={draft.point}
              onChange={(point) => setDraft((old) => choosePoint(old, point))}
              onDeleted={() => setDraft((old) => choosePoint(old, null))}
            />
          ),
          validate: () => (draft.point ? [] : ['Choose a backup point.']),
          review: draft.point && <PointReview point={draft.point} />,
        },
        {
          id: 'items',
          title: 'Items',
          description: 'Everything in the point, or a part of it.',
          content: draft.point && <ItemsStep point={draft.point} draft={draft} onChange={change} />,
          validate: () => checkItems(draft),
          review: <ItemsReview draft={draft} />,
        },
        {
          id: 'destination',
          title: 'Destination',
          description: 'The host that receives the files, and the folder on it.',
          content: (
            <DestinationStep
              region={region}
              destinations={destinations.data?.items}
              clients={clients.data?.items ?? []}
              error={destinations.error}
              onRetry={() => void destinations.refetch()}
              draft={draft}
              onChange={change}
            />
          ),
          validate: checkDestination,
          review: destination && (
            <DestinationReview destination={destination} targetPath={draft.targetPath} />
          ),
        },
        {
          id: 'conflicts',
          title: 'Existing files',
          description: 'What happens where a file of the same name is there already.',
          content: <ConflictStep draft={draft} onChange={change} />,
          review: <ConflictReview draft={draft} />,
        },
      ]}
    />
  );
}
