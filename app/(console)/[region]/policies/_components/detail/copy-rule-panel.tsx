'use client';

import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { createCopyRuleAction } from '@/app/(console)/[region]/policies/actions';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { Select, type SelectOption } from '@/components/ui/select';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import type { Policy } from '@/lib/policies/schemas';
import { regionName } from '@/lib/regions/schemas';
import { allVaultsQuery } from '@/lib/vaults/query';
import { type Vault, vaultKinds } from '@/lib/vaults/schemas';

interface CopyRulePanelProps {
  policy: Policy;
  /** Vaults into which it copies already. */
  taken: string[];
  onClose: () => void;
}

export function CopyRulePanel({ policy, taken, onClose }: CopyRulePanelProps) {
  const { show } = useFlash();
  const [vaultId, setVaultId] = useState<string | undefined>(undefined);
  const vaults = useQuery(allVaultsQuery());
  const create = useAction(createCopyRuleAction, ({ vault }) => {
    show({
      kind: 'success',
      title: `${policy.name} copies its server and disk backups into ${vault.name} from now on.`,
    });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (vaultId) create.send({ policyId: policy.id, vaultId });
  };
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Copy into another region"
      description={`Backups that ${policy.name} makes from now on are copied under the key of the other vault, with their dates.`}
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <Field
            label="Vault"
            hint="Backups of servers go into vaults for servers, those of disks into vaults for disks. It is charged by its capacity."
            error={create.fields.vaultId}
            isRequired
          >
            <Select
              value={vaultId}
              onValueChange={setVaultId}
              placeholder={vaults.data ? 'Choose a vault' : 'Loading…'}
              options={optionsOf(vaults.data ?? [], policy, taken)}
            />
          </Field>
          <FormError error={create.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            isLoading={create.isPending}
            disabledReason={vaultId ? null : 'Choose a vault first.'}
          >
            Copy into another region
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}

function optionsOf(vaults: Vault[], policy: Policy, taken: string[]): SelectOption[] {
  const home = new Set(policy.bindings.map(({ vault }) => vault.region));
  const reasonOf = ({ id, region }: Vault) => {
    if (taken.includes(id)) return 'This policy copies into it already.';
    if (home.has(region)) return 'It is in the region of the backups. Choose one of another region.';
    return null;
  };
  return vaults
    .filter((vault) => vaultKinds[vault.kind].hasCapacity)
    .map((vault) => ({
      value: vault.id,
      label: vault.name,
      description: `${vaultKinds[vault.kind].word}, ${regionName(vault.region)}`,
      disabledReason: reasonOf(vault),
    }))
    .sort((a, b) => Number(a.disabledReason !== null) - Number(b.disabledReason !== null));
}
