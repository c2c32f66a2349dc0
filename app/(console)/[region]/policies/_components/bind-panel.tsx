'use client';

import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { type BindingDraft, emptyBinding } from '@/app/(console)/_components/policies/binding-draft';
import { BindingFields } from '@/app/(console)/_components/policies/binding-fields';
import { TargetSelect } from '@/app/(console)/_components/policies/target-select';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { useFlash } from '@/components/ui/flash';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import type { Policy } from '@/lib/policies/schemas';
import { allVaultsQuery } from '@/lib/vaults/query';
import { bindPolicyAction } from '../actions';

interface BindPanelProps {
  region: string;
  policy: Policy;
  onClose: () => void;
}

/** Adds a data source and a vault to a policy; where the policy replicates, the vault's target too. */
export function BindPanel({ region, policy, onClose }: BindPanelProps) {
  const { show } = useFlash();
  const [binding, setBinding] = useState<BindingDraft>(emptyBinding);
  const [target, setTarget] = useState<string | undefined>(undefined);
  const vault = useQuery(allVaultsQuery()).data?.find(({ id }) => id === binding.vaultId);
  const isTargetAsked = policy.replicates && vault !== undefined && vault.replication?.state !== 'active';
  const bind = useAction(bindPolicyAction, (bound) => {
    show({
      kind: 'success',
      title: `${policy.name} backs up ${bound.source.name} into ${bound.vault.name} from now on.`,
    });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    bind.send({ policyId: policy.id, ...binding, targetVaultId: isTargetAsked ? (target ?? null) : null });
  };
  const missing = [
    ...(binding.sourceId ? [] : ['a data source']),
    ...(binding.vaultId ? [] : ['a vault']),
    ...(binding.paths.length > 0 ? [] : ['at least one folder']),
    ...(isTargetAsked && !target ? ['a replication target'] : []),
  ];
  const change = (part: Partial<BindingDraft>) => {
    if (part.vaultId) setTarget(undefined);
    setBinding((old) => ({ ...old, ...part }));
  };
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Bind data source"
      size="lg"
      description={`${policy.name} then backs it up by its rules.`}
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <BindingFields region={region} binding={binding} onChange={change} errors={bind.fields} />
          {isTargetAsked && (
            <>
              <Callout>
                This policy replicates its vaults. A target takes the copies of one vault only, so{' '}
                {vault.name} needs one of its own.
              </Callout>
              <TargetSelect
                key={vault.id}
                vault={vault}
                value={target}
                onChange={setTarget}
                taken={{}}
                error={bind.fields[`targets.${vault.id}`]}
              />
            </>
          )}
          <FormError error={bind.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            isLoading={bind.isPending}
            disabledReason={missing.length > 0 ? `Choose ${missing.join(' and ')} first.` : null}
          >
            Bind data source
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}
