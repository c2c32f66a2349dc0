import { VaultKind, vaultKinds } from '@/lib/vaults/kinds';
import { Comparison } from './comparison';

const yesNo = (is: boolean) => (is ? 'Yes' : 'No');

export function VaultsHelp(_: { region: string }) {
  return (
    <>
      <p>
        A vault holds backup points in one region. Its kind and its encryption are chosen when it is made and
        stay.
      </p>
      <Comparison
        caption="Kinds of vaults"
        head={['Kind', 'What it is for', 'Can be replicated', 'Can be locked']}
        rows={VaultKind.options.map((kind) => {
          const { word, purpose, canReplicate, canBeLocked } = vaultKinds[kind];
          return [word, purpose, yesNo(canReplicate), yesNo(canBeLocked)];
        })}
      />
      <p>
        A replication target serves one replication in its life. When that has stopped, its points can be
        restored, deleted by hand or locked until they expire, but nothing is ever copied into it again.
      </p>
    </>
  );
}
