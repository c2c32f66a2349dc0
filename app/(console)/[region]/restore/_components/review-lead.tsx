'use client';

import { useQuery } from '@tanstack/react-query';
import { Callout } from '@/components/ui/callout';
import { plural } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { Bytes } from '@/components/ui/quantities';
import { Skeleton } from '@/components/ui/skeleton';
import { Summary } from '@/components/ui/summary';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import type { BackupClient } from '@/lib/clients/schemas';
import { restoreEstimateQuery } from '@/lib/restores/query';
import type { RestoreDestination } from '@/lib/restores/schemas';
import { type RestoreDraft, toSelection } from './draft';
import { DryRunPanel, type RestoreRequest } from './dry-run-panel';
import type { RestoreKindUi } from './kinds/kind';
import { RestoreCost } from './restore-cost';

interface ReviewLeadProps {
  draft: RestoreDraft;
  point: BackupPoint;
  ui: RestoreKindUi;
  destination: RestoreDestination | null;
  /** Of a host; a region's engine has none. */
  client: BackupClient | null;
  request: RestoreRequest | null;
}

/** What this restore comes to, before anything is written. */
export function ReviewLead({ draft, point, ui, destination, client, request }: ReviewLeadProps) {
  const estimate = useQuery(restoreEstimateQuery({ pointId: point.id, selection: toSelection(draft) }));
  const { data } = estimate;
  const isReplacing = ui.conflictPolicies.length > 0 && draft.conflictPolicy === 'overwrite';
  return (
    <>
      <Panel title="What will be restored" description="Counted by the engine in the backup point itself.">
        {estimate.error && !data ? (
          <p className="text-danger">{estimate.error.message}</p>
        ) : (
          <Summary
            columns={3}
            items={[
              { label: 'Data', value: data ? <Bytes value={data.bytes} /> : <Skeleton className="w-16" /> },
              {
                label: `${ui.item.charAt(0).toUpperCase()}${ui.item.slice(1)}s`,
                value: data ? plural(data.files, ui.item) : <Skeleton className="w-16" />,
              },
              {
                label: 'Folders',
                value: data ? plural(data.folders, 'folder') : <Skeleton className="w-16" />,
              },
            ]}
          />
        )}
        {data && destination && (
          <RestoreCost
            bytes={data.bytes}
            destination={destination}
            client={client}
            region={point.vault.region}
          />
        )}
      </Panel>
      {request && destination && <DryRunPanel request={request} ui={ui} destination={destination} />}
      {point.tier === 'archive' && (
        <Callout title="From the archive">
          This backup point lies in the archive tier of {point.vault.name}. It is read from there directly,
          with nothing to thaw first, and costs what any restore costs.
        </Callout>
      )}
      {isReplacing && (
        <Callout kind="warning" title={`Existing ${ui.item}s are replaced`}>
          What {destination?.name ?? 'the destination'} holds under the same path is replaced by the version
          in the backup. That cannot be undone.
        </Callout>
      )}
      {destination && !destination.isOnline && (
        <Callout kind="warning">{destination.name} is offline. The restore starts when it is back.</Callout>
      )}
    </>
  );
}
