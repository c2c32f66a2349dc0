'use client';

import { useQuery } from '@tanstack/react-query';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { useFlash } from '@/components/ui/flash';
import { plural } from '@/components/ui/format';
import { regionName } from '@/lib/regions/schemas';
import { type ResourceShare, vaultsPerCall } from '@/lib/resource-shares/schemas';
import { allVaultsQuery } from '@/lib/vaults/query';
import { addShareVaultsAction } from '../../actions';
import { ChooseForm } from './choose-form';

/** Puts more target vaults of the account into the share. */
export function AddVaultsForm({ share, refusal }: { share: ResourceShare; refusal: string | null }) {
  const sharing = useRefusal('shares.manage');
  const vaults = useQuery(allVaultsQuery()).data;
  const { show } = useFlash();
  const add = useAction(addShareVaultsAction, (_, { vaultIds }) =>
    show({ kind: 'success', title: `${plural(vaultIds.length, 'vault')} added to ${share.name}.` }),
  );
  const others = vaults?.filter(
    ({ id, kind }) => kind === 'replication_target' && share.vaults.every((vault) => vault.id !== id),
  );
  if (!others || others.length === 0) {
    return others ? (
      <p className="text-muted text-sm">There is no other target vault in this account to add.</p>
    ) : null;
  }
  return (
    <ChooseForm
      legend="Add target vaults"
      noun="vault"
      limit={vaultsPerCall}
      choices={others.map(({ id, name, region }) => ({ id, name, description: regionName(region) }))}
      sending={{ isPending: add.isPending, error: add.error, fieldError: add.fields.vaultIds }}
      refusal={refusal ?? sharing}
      onSubmit={(vaultIds) => add.send({ shareId: share.id, vaultIds })}
    />
  );
}
