'use client';

import { useQuery } from '@tanstack/react-query';
import { Ban, HardDriveUpload, Pencil } from 'lucide-react';
import {
  ClientStatus,
  connectionCost,
  connectionWords,
  placementWords,
} from '@/app/(console)/_components/clients/client-words';
import { JobsTable } from '@/app/(console)/_components/jobs/jobs-table';
import { LoadPanel } from '@/app/(console)/_components/load-panel';
import { FindFiles } from '@/app/(console)/_components/points/find-files';
import { PointsTable } from '@/app/(console)/_components/points/points-table';
import { DetailLayout } from '@/components/console/detail-layout';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Id } from '@/components/ui/copyable';
import { Nothing, RelativeTime, Time } from '@/components/ui/quantities';
import { clientQuery } from '@/lib/clients/query';
import type { BackupClient } from '@/lib/clients/schemas';
import { regionName } from '@/lib/regions/schemas';
import { isStreamSource } from '@/lib/sources/schemas';
import { useClientActions } from './use-client-actions';

interface ClientPageProps {
  region: string;
  clientId: string;
}

/** One host: what it is, what it has backed up, and what it is doing. */
export function ClientPage({ region, clientId }: ClientPageProps) {
  const client = useQuery(clientQuery(clientId));
  if (client.data) return <LoadedClient region={region} client={client.data} />;
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: 'Clients', href: sectionHref(region, 'clients') }, { label: clientId }]}
        title="Client"
      />
      <LoadPanel query={client} />
    </>
  );
}

function LoadedClient({ region, client }: { region: string; client: BackupClient }) {
  const actions = useClientActions(region);
  const refusals = actions.refusalsOf(client);
  const source = client.sources.find(({ kind }) => !isStreamSource(kind));
  const backUp = (
    <Button
      variant="primary"
      icon={<HardDriveUpload />}
      disabledReason={refusals.back_up}
      onClick={() => actions.start('back_up', client)}
    >
      Back up
    </Button>
  );
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: 'Clients', href: sectionHref(region, 'clients') }, { label: client.name }]}
        title={client.name}
        description={<Id value={client.id} cut="whole" />}
        badge={<ClientStatus status={client.status} />}
        actions={
          <>
            <Button
              icon={<Ban />}
              disabledReason={refusals.revoke}
              onClick={() => actions.start('revoke', client)}
            >
              Revoke
            </Button>
            <Button
              icon={<Pencil />}
              disabledReason={refusals.edit}
              onClick={() => actions.start('edit', client)}
            >
              Edit
            </Button>
            {backUp}
          </>
        }
      />
      <DetailLayout
        summary={[
          { label: 'Host name', value: client.hostname },
          { label: 'Platform', value: client.platform || <Nothing label="Not known yet" /> },
          { label: 'Client version', value: client.version || <Nothing label="Not known yet" /> },
          { label: 'Last heartbeat', value: <RelativeTime at={client.lastHeartbeatAt} /> },
          { label: 'Placement', value: placementWords[client.placement] },
          { label: 'Region', value: regionName(client.region) },
          { label: 'Connection', value: <Connection client={client} /> },
          { label: 'Enrolled', value: <Time at={client.enrolledAt} /> },
        ]}
        lead={<ClientNote client={client} />}
        tabs={[
          {
            value: 'points',
            label: 'Backup points',
            content: source ? (
              <PointsTable
                id="client-points"
                hiddenColumn="source"
                filter={{ sourceId: source.id }}
                empty={{
                  title: 'Nothing is backed up yet',
                  description: 'Choose folders of this host; each backup adds one point.',
                  action: backUp,
                }}
              />
            ) : (
              <Callout>This client has no data source. Enrol the host again.</Callout>
            ),
          },
          ...(source
            ? [
                {
                  value: 'find',
                  label: 'Find files',
                  content: (
                    <FindFiles sourceId={source.id} kind={source.kind} refusal={actions.restoreRefusal} />
                  ),
                },
              ]
            : []),
          {
            value: 'jobs',
            label: 'Jobs',
            content: (
              <JobsTable
                id="client-jobs"
                title="Jobs"
                region={region}
                clientId={client.id}
                urlPrefix="jobs_"
                empty={{ title: 'This client has not run a job yet', action: backUp }}
              />
            ),
          },
        ]}
      />
      {actions.panels}
    </>
  );
}

function ClientNote({ client }: { client: BackupClient }) {
  if (client.status === 'online') return null;
  if (client.status === 'revoked') {
    return (
      <Callout kind="warning" title="This client was revoked">
        It can no longer connect. Its backup points stay and can be restored to another client.
      </Callout>
    );
  }
  return (
    <Callout kind="warning" title="This client does not answer">
      Jobs given to it wait until it is back. On the host, see that{' '}
      <code className="font-mono">crossvault daemon</code> runs and that the host reaches this installation.
    </Callout>
  );
}

function Connection({ client: { connection, placement } }: { client: BackupClient }) {
  const cost =
    placement === 'server' ? connectionCost[connection] : 'Restores inside the region are free of charge.';
  return (
    <>
      {connectionWords[connection]}
      <span className="block text-muted text-sm">{cost}</span>
    </>
  );
}
