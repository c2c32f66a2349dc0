import type { UseQueryResult } from '@tanstack/react-query';
import type { Consequence } from '@/components/ui/confirm-dialog';
import { plural } from '@/components/ui/format';
import type { StallingBackup } from '@/lib/backup-shares/schemas';
import type { PausingReplication } from '@/lib/replication/schemas';

type Preview = UseQueryResult<{ pausing: PausingReplication[]; stalling: StallingBackup[] }>;

/** Which replications a change pauses, by the names of their vaults; a line of a confirmation. */
export function pausingConsequence(preview: Preview): Consequence {
  return { label: 'Replications', value: <Pausing preview={preview} /> };
}

function Pausing({ preview }: { preview: Preview }) {
  if (preview.error) return <>Not known: {preview.error.message}</>;
  if (!preview.data) return <>Looking…</>;
  const { pausing } = preview.data;
  if (pausing.length === 0) return <>None stands still</>;
  return (
    <>
      <span className="block">
        {plural(pausing.length, 'replication')} will stand still until the vault is shared with the source
        account again:
      </span>
      <ul aria-label="Replications that will stand still">
        {pausing.map(({ id, source, target }) => (
          <li key={id}>
            <span className="font-medium text-source">{source.vaultName}</span> of {source.accountName} to{' '}
            <span className="font-medium text-target">{target.vaultName}</span> of {target.accountName}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Which shared backups wait for their key after a change; no line when there is none. */
export function stallingConsequences(preview: Preview): Consequence[] {
  const stalling = preview.data?.stalling ?? [];
  if (stalling.length === 0) return [];
  const value = (
    <>
      <span className="block">
        {plural(stalling.length, 'shared backup')} will wait until the key is shared again:
      </span>
      <ul aria-label="Shared backups that will wait for their key">
        {stalling.map(({ id, backupName, sharer, recipient }) => (
          <li key={id}>
            <span className="font-medium">{backupName}</span> of {sharer.name} for {recipient.name}
          </li>
        ))}
      </ul>
    </>
  );
  return [{ label: 'Shared backups', value }];
}

/** What a pause leaves as it is. */
export const pausingReassurance =
  'Copies that have been made stay and can be restored. What stands still goes on by itself when access comes back.';
