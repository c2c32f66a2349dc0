'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { jobHref } from '@/app/(console)/_components/jobs/job-words';
import { useAction } from '@/app/(console)/_components/use-action';
import { sectionHref } from '@/components/console/navigation';
import { Wizard, type WizardStep } from '@/components/console/wizard/wizard';
import { clientsQuery } from '@/lib/clients/query';
import { restoreDestinationsQuery, restoreKindsQuery } from '@/lib/restores/query';
import { allVaultsQuery } from '@/lib/vaults/query';
import { startRestoreAction } from '../actions';
import { DestinationReview, DestinationStep, placeIdOf } from './destination-step';
import { checkItems, chooseKind, choosePoint, chooseVault, type RestoreDraft, toSelection } from './draft';
import { forgetDraft, useDraft } from './draft-store';
import { ItemsReview, ItemsStep } from './items-step';
import { KindStep } from './kind-step';
import { isWizardKind, kindUis } from './kinds';
import { PointReview, PointStep } from './point-step';
import { ReviewLead } from './review-lead';
import { SettingsReview, SettingsStep } from './settings-step';
import { VaultReview, VaultStep } from './vault-step';

interface RestoreWizardProps {
  region: string;
  initialDraft: RestoreDraft;
  initialStep: string;
}

const stepIds = ['kind', 'vault', 'point', 'items', 'destination', 'settings', 'review'];

/** From a kind of data source to a destination of the same kind in six answers and a review. */
export function RestoreWizard({ region, initialDraft, initialStep }: RestoreWizardProps) {
  const router = useRouter();
  const [stepId, setStepId] = useState(initialStep);
  const [draft, setDraft] = useDraft(initialDraft, stepId);
  const facts = useFacts(draft);
  const start = useAction(startRestoreAction, (job) => {
    forgetDraft();
    router.push(jobHref(job, region));
  });
  const request = toRequest(draft, facts);
  const steps = listSteps(region, draft, facts, setDraft);
  return (
    <Wizard
      label="Restore"
      initialStep={Math.max(0, stepIds.indexOf(initialStep))}
      onStepChange={(at) => setStepId(stepIds[at] ?? 'review')}
      submitLabel="Start restore"
      isSubmitting={start.isPending}
      error={start.error && [start.error.message, ...Object.values(start.fields)].join(' ')}
      onSubmit={() => request && start.send(request)}
      onCancel={() => {
        forgetDraft();
        router.push(sectionHref(region, 'restore-jobs'));
      }}
      reviewLead={
        draft.point &&
        facts.ui && (
          <ReviewLead
            draft={draft}
            point={draft.point}
            ui={facts.ui}
            destination={facts.destination}
            client={facts.client}
            request={request}
          />
        )
      }
      steps={steps}
    />
  );
}

type Facts = ReturnType<typeof useFacts>;
type SetDraft = (change: (old: RestoreDraft) => RestoreDraft) => void;

/** What the server knows of what has been chosen so far. */
function useFacts(draft: RestoreDraft) {
  const kind = isWizardKind(draft.kind) ? draft.kind : null;
  const vaults = useQuery(allVaultsQuery());
  const kinds = useQuery(restoreKindsQuery());
  const filter = { vaultId: draft.vaultId ?? undefined, kind: kind ?? undefined };
  const destinations = useQuery({ ...restoreDestinationsQuery(filter), enabled: kind !== null });
  const clients = useQuery(clientsQuery());
  const destination = destinations.data?.items.find((one) => placeIdOf(one) === draft.placeId) ?? null;
  const held = kinds.data?.items.find((item) => item.kind === kind)?.vaults;
  return {
    kind,
    ui: kind && kindUis[kind],
    vaults,
    vault: vaults.data?.find(({ id }) => id === draft.vaultId) ?? null,
    held: held ? new Map(held.map(({ vaultId, pointCount }) => [vaultId, pointCount])) : null,
    destinations,
    destination,
    clients: clients.data?.items ?? [],
    client: clients.data?.items.find(({ id }) => id === destination?.clientId) ?? null,
  };
}

function toRequest(draft: RestoreDraft, { ui, destination }: Facts) {
  if (!draft.point || !destination || !ui) return null;
  return {
    pointId: draft.point.id,
    clientId: destination.clientId,
    selection: toSelection(draft),
    destination: ui.toTarget(draft, destination),
    conflictPolicy: draft.conflictPolicy,
  };
}

function checkDestination(draft: RestoreDraft, { ui, destination }: Facts): string[] {
  if (!draft.placeId || !ui) return ['Choose a destination.'];
  if (!destination?.eligible) return [destination?.explanation ?? 'Choose another destination.'];
  return ui.checkFields(draft, destination);
}

function listSteps(region: string, draft: RestoreDraft, facts: Facts, setDraft: SetDraft): WizardStep[] {
  const { kind, ui, vaults, vault, destinations, destination } = facts;
  const change = (part: Partial<RestoreDraft>) => setDraft((old) => ({ ...old, ...part }));
  const point = draft.point;
  return [
    {
      id: 'kind',
      title: 'Data source',
      description: 'What is restored. It goes to a destination of the same kind.',
      content: (
        <KindStep
          region={region}
          value={kind}
          onChange={(wanted) => setDraft((old) => chooseKind(old, wanted))}
        />
      ),
      validate: () => (kind ? [] : ['Choose a kind of data source.']),
      review: ui && <p>{ui.title}</p>,
    },
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
          kind={kind}
          held={facts.held}
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
          kind={kind}
          value={point}
          onChange={(chosen) =>
            setDraft((old) => ({ ...choosePoint(old, chosen), kind: chosen.source.kind }))
          }
          onDeleted={() => setDraft((old) => choosePoint(old, null))}
        />
      ),
      validate: () => (point ? [] : ['Choose a backup point.']),
      review: point && <PointReview point={point} />,
    },
    {
      id: 'items',
      title: 'Items',
      description: 'Everything in the point, or a part of it.',
      content: point && <ItemsStep point={point} draft={draft} onChange={change} />,
      validate: () => checkItems(draft),
      review: <ItemsReview draft={draft} />,
    },
    {
      id: 'destination',
      title: 'Destination',
      description: ui ? `Of the same kind as the source: ${ui.place}, and where in it.` : undefined,
      content: ui && (
        <DestinationStep
          region={region}
          ui={ui}
          destinations={destinations.data?.items}
          clients={facts.clients}
          error={destinations.error}
          onRetry={() => void destinations.refetch()}
          draft={draft}
          onChange={change}
        />
      ),
      validate: () => checkDestination(draft, facts),
      review: destination && ui && <DestinationReview ui={ui} destination={destination} draft={draft} />,
    },
    {
      id: 'settings',
      title: 'Settings',
      description: 'What happens to what is there already, beginning with how it was backed up.',
      content: ui && (
        <SettingsStep ui={ui} draft={draft} point={point} destination={destination} onChange={change} />
      ),
      validate: () => ui?.checkOptions?.(draft) ?? [],
      review: ui && <SettingsReview ui={ui} draft={draft} />,
    },
  ];
}
