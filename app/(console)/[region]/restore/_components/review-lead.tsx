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
import { type RestoreDraft, toSelection } from './draft';
import { RestoreCost } from './restore-cost';

interface ReviewLeadProps {
  draft: RestoreDraft;
  point: BackupPoint;
  client: BackupClient | null;
}

/** What this restore comes to, before anything is written. */
export function ReviewLead({ draft, point, client }: ReviewLeadProps) {
  const estimate = useQuery(restoreEstimateQuery({ pointId: point.id, selection: toSelection(draft) }));
  const { data } = estimate;
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
                label: 'Files',
                value: data ? plural(data.files, 'file') : <Skeleton className="w-16" />,
              },
              {
                label: 'Folders',
                value: data ? plural(data.folders, 'folder') : <Skeleton className="w-16" />,
              },
            ]}
          />
        )}
        {data && client && <RestoreCost bytes={data.bytes} client={client} region={point.vault.region} />}
      </Panel>
      {point.tier === 'archive' && (
        <Callout title="From the archive">
          This backup point lies in the archive tier of {point.vault.name}. It is read from there directly,
          with nothing to thaw first, and costs what any restore costs.
        </Callout>
      )}
      {draft.conflictPolicy === 'overwrite' && (
        <Callout kind="warning" title="Existing files are replaced">
          Files on {client?.name ?? 'the host'} with the same path below {draft.targetPath} are replaced by
          the version in the backup. That cannot be undone.
        </Callout>
      )}
      {client?.status === 'offline' && (
        <Callout kind="warning">{client.name} is offline. The restore starts when it is back.</Callout>
      )}
    </>
  );
}
