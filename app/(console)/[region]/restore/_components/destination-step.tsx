'use client';

import { MonitorUp } from 'lucide-react';
import { connectionWords, placementWords } from '@/app/(console)/_components/clients/client-words';
import { sectionHref } from '@/components/console/navigation';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { type RadioCard, RadioCards } from '@/components/ui/radio-cards';
import { SkeletonText } from '@/components/ui/skeleton';
import { Status } from '@/components/ui/status';
import { Summary } from '@/components/ui/summary';
import type { BackupClient } from '@/lib/clients/schemas';
import { regionName } from '@/lib/regions/schemas';
import type { RestoreDestination } from '@/lib/restores/schemas';
import { DestinationCheck } from './destination-check';
import type { RestoreDraft } from './draft';
import type { RestoreKindUi } from './kinds/kind';

interface DestinationStepProps {
  region: string;
  ui: RestoreKindUi;
  destinations: RestoreDestination[] | undefined;
  clients: BackupClient[];
  error: Error | null;
  onRetry: () => void;
  draft: RestoreDraft;
  onChange: (part: Partial<RestoreDraft>) => void;
}

/** Of a destination: the registered source, or the host's own files. */
export const placeIdOf = ({ sourceId, clientId }: RestoreDestination) => sourceId ?? clientId;

export function DestinationStep(props: DestinationStepProps) {
  const { region, ui, destinations, clients, error, onRetry, draft, onChange } = props;
  if (!destinations) {
    return error ? <ErrorState onRetry={onRetry}>{error.message}</ErrorState> : <SkeletonText lines={4} />;
  }
  const chosen = destinations.find((one) => placeIdOf(one) === draft.placeId) ?? null;
  const registering = `${sectionHref(draft.point?.vault.region ?? region, ui.register.section)}?${ui.register.search}`;
  if (destinations.length === 0) {
    return (
      <EmptyState
        icon={<MonitorUp />}
        title={`There is not yet ${ui.place} to restore to`}
        action={
          <ButtonLink variant="primary" href={registering} target="_blank">
            {ui.register.label}
          </ButtonLink>
        }
      >
        {ui.needs.map(({ title }) => title).join('. ')}. It appears here as soon as it is registered; what you
        have entered stays.
      </EmptyState>
    );
  }
  return (
    <div className="flex flex-col gap-5">
      <RadioCards
        label="Destination"
        value={draft.placeId ?? ''}
        onValueChange={(placeId) => onChange({ placeId })}
        options={destinations.map((destination) => toCard(destination, clients))}
      />
      <div>
        <ButtonLink size="sm" href={registering} target="_blank">
          {ui.register.label}
        </ButtonLink>
      </div>
      <ui.Fields draft={draft} onChange={onChange} destination={chosen} point={draft.point} />
      {chosen?.eligible && draft.point && (
        <DestinationCheck
          destination={chosen}
          request={{
            pointId: draft.point.id,
            clientId: chosen.clientId,
            destination: ui.toTarget(draft, chosen),
          }}
          isComplete={ui.checkFields(draft, chosen).length === 0}
        />
      )}
    </div>
  );
}

function toCard(destination: RestoreDestination, clients: BackupClient[]): RadioCard {
  const client = clients.find(({ id }) => id === destination.clientId);
  const { placement, sourceId, place, region, isOnline } = destination;
  return {
    value: placeIdOf(destination),
    label: <span className="wrap-anywhere">{destination.name}</span>,
    description: [
      sourceId === null && placement !== 'region' && placementWords[placement],
      regionName(region),
      sourceId !== null && place,
      sourceId !== null && placement !== 'region' && client && `on ${client.name}`,
      sourceId === null && client && connectionWords[client.connection],
      !isOnline && 'the restore starts when it is back',
    ]
      .filter(Boolean)
      .join(' · '),
    disabledReason: destination.eligible ? null : destination.explanation,
    aside: destination.reason !== 'revoked' && <Online isOnline={isOnline} />,
  };
}

function Online({ isOnline }: { isOnline: boolean }) {
  return isOnline ? <Status kind="success">Online</Status> : <Status kind="off">Offline</Status>;
}

interface DestinationReviewProps {
  ui: RestoreKindUi;
  destination: RestoreDestination;
  draft: RestoreDraft;
}

export function DestinationReview({ ui, destination, draft }: DestinationReviewProps) {
  return (
    <Summary
      columns={3}
      items={[
        { label: 'Destination', value: destination.name },
        { label: 'Region', value: regionName(destination.region) },
        { label: 'Status', value: <Online isOnline={destination.isOnline} /> },
        ...ui.summarise(draft),
      ]}
    />
  );
}
