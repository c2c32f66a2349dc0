import type { UseQueryResult } from '@tanstack/react-query';
import type { Consequence } from '@/components/ui/confirm-dialog';
import { plural } from '@/components/ui/format';
import type { PausingReplication } from '@/lib/replication/schemas';

type Preview = UseQueryResult<{ pausing: PausingReplication[] }>;

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

/** What a pause leaves as it is. */
export const pausingReassurance =
  'Copies that have been made stay and can be restored. A replication that stands still goes on by itself when access comes back.';
