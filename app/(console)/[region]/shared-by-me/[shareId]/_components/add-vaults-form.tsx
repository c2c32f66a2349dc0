'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { FieldGroup } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { plural } from '@/components/ui/format';
import { regionName } from '@/lib/regions/schemas';
import { type ResourceShare, vaultsPerCall } from '@/lib/resource-shares/schemas';
import { allVaultsQuery } from '@/lib/vaults/query';
import { addShareVaultsAction } from '../../actions';

/** Puts more target vaults of the account into the share. */
export function AddVaultsForm({ share, refusal }: { share: ResourceShare; refusal: string | null }) {
  const sharing = useRefusal('shares.manage');
  const vaults = useQuery(allVaultsQuery()).data;
  const [chosen, setChosen] = useState<string[]>([]);
  const { show } = useFlash();
  const add = useAction(addShareVaultsAction, () => {
    show({ kind: 'success', title: `${plural(chosen.length, 'vault')} added to ${share.name}.` });
    setChosen([]);
  });
  const others = vaults?.filter(
    ({ id, kind }) => kind === 'replication_target' && share.vaults.every((vault) => vault.id !== id),
  );
  if (!others || others.length === 0) {
    return others ? (
      <p className="text-muted text-sm">There is no other target vault in this account to add.</p>
    ) : null;
  }
  const isFull = chosen.length >= vaultsPerCall;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        add.send({ shareId: share.id, vaultIds: chosen });
      }}
    >
      <FieldGroup
        legend="Add target vaults"
        hint={`Up to ${vaultsPerCall} at once. ${chosen.length} chosen.`}
        error={add.fields.vaultIds}
      >
        <ul className="max-h-56 overflow-y-auto rounded-md border border-line-strong py-1">
          {others.map(({ id, name, region }) => (
            <li key={id} className="px-3 py-1">
              <Checkbox
                label={name}
                description={regionName(region)}
                checked={chosen.includes(id)}
                disabled={isFull && !chosen.includes(id)}
                onCheckedChange={(checked) =>
                  setChosen(checked === true ? [...chosen, id] : chosen.filter((one) => one !== id))
                }
              />
            </li>
          ))}
        </ul>
      </FieldGroup>
      <FormError error={add.fields.vaultIds ? null : add.error} />
      <Button
        type="submit"
        className="mt-2"
        isLoading={add.isPending}
        disabledReason={refusal ?? sharing ?? (chosen.length === 0 ? 'Choose a vault first.' : null)}
      >
        Add vaults to share
      </Button>
    </form>
  );
}
