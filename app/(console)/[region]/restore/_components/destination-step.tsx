'use client';

import { MonitorUp } from 'lucide-react';
import { connectionWords, placementWords } from '@/app/(console)/_components/clients/client-words';
import { sectionHref } from '@/components/console/navigation';
import { Button, ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { type RadioCard, RadioCards } from '@/components/ui/radio-cards';
import { SkeletonText } from '@/components/ui/skeleton';
import { Status } from '@/components/ui/status';
import { Summary } from '@/components/ui/summary';
import type { BackupClient } from '@/lib/clients/schemas';
import { regionName } from '@/lib/regions/schemas';
import type { RestoreDestination } from '@/lib/restores/schemas';
import type { RestoreDraft } from './draft';

interface DestinationStepProps {
  region: string;
  destinations: RestoreDestination[] | undefined;
  clients: BackupClient[];
  error: Error | null;
  onRetry: () => void;
  draft: RestoreDraft;
  onChange: (part: Partial<RestoreDraft>) => void;
}

export function DestinationStep(props: DestinationStepProps) {
  const { region, destinations, clients, error, onRetry, draft, onChange } = props;
  if (!destinations) {
    return error ? <ErrorState onRetry={onRetry}>{error.message}</ErrorState> : <SkeletonText lines={4} />;
  }
  if (destinations.length === 0) {
    return (
      <EmptyState
        icon={<MonitorUp />}
        title="There is no host to restore to"
        action={
          <ButtonLink variant="primary" href={`${sectionHref(region, 'clients')}?enrol=true`} target="_blank">
            Enrol a client
          </ButtonLink>
        }
      >
        Enrol the host that shall receive the files. It appears here as soon as it is enrolled.
      </EmptyState>
    );
  }
  return (
    <div className="flex flex-col gap-5">
      <RadioCards
        label="Client to restore to"
        value={draft.clientId ?? ''}
        onValueChange={(clientId) => onChange({ clientId })}
        options={destinations.map((destination) => toCard(destination, clients))}
      />
      <Field
        label="Target path"
        hint="The whole path of a folder on the host; it is made if it is not there. The files keep their folders below it."
        isRequired
      >
        <Input
          value={draft.targetPath}
          onChange={(event) => onChange({ targetPath: event.target.value })}
          placeholder="/restore"
          spellCheck={false}
          autoCapitalize="none"
          className="font-mono"
        />
      </Field>
      {draft.point && (
        <div className="flex flex-wrap items-center gap-2">
          <Button size="sm" onClick={() => onChange({ targetPath: '/restore' })}>
            A folder of its own
          </Button>
          <Button size="sm" onClick={() => onChange({ targetPath: '/' })}>
            The original place
          </Button>
          <span className="text-muted text-sm">{whereTo(draft)}</span>
        </div>
      )}
    </div>
  );
}

/** Where the first folder of the point ends up. */
function whereTo({ point, targetPath }: RestoreDraft): string {
  const first = point?.paths[0];
  const target = targetPath.trim();
  if (!first || !target.startsWith('/')) return '';
  return `${first} is written to ${target.replace(/\/+$/, '')}${first}`;
}

function toCard(destination: RestoreDestination, clients: BackupClient[]): RadioCard {
  const client = clients.find(({ id }) => id === destination.clientId);
  return {
    value: destination.clientId,
    label: destination.name,
    description: [
      destination.placement !== 'region' && placementWords[destination.placement],
      regionName(destination.region),
      client && connectionWords[client.connection],
      !destination.isOnline && 'the restore starts when it is back',
    ]
      .filter(Boolean)
      .join(' · '),
    disabledReason: destination.eligible ? null : destination.explanation,
    aside: destination.reason !== 'revoked' && <Online isOnline={destination.isOnline} />,
  };
}

function Online({ isOnline }: { isOnline: boolean }) {
  return isOnline ? <Status kind="success">Online</Status> : <Status kind="off">Offline</Status>;
}

interface DestinationReviewProps {
  destination: RestoreDestination;
  targetPath: string;
}

export function DestinationReview({ destination, targetPath }: DestinationReviewProps) {
  return (
    <Summary
      columns={3}
      items={[
        { label: 'Client', value: destination.name },
        { label: 'Status', value: <Online isOnline={destination.isOnline} /> },
        { label: 'Target path', value: <span className="font-mono">{targetPath.trim()}</span> },
      ]}
    />
  );
}
