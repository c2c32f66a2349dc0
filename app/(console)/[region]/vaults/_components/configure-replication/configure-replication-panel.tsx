'use client';

import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { plural } from '@/components/ui/format';
import { Select } from '@/components/ui/select';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { knownRegions } from '@/lib/regions/schemas';
import { replicationTargetsQuery } from '@/lib/replication/query';
import type { ReplicationTarget } from '@/lib/replication/schemas';
import { startReplicationAction } from '../../actions';
import type { VaultPanelProps } from '../use-vault-actions';
import { vaultHref } from '../vault-columns';
import { OwnerCost } from './owner-cost';
import { ReplicationPreview } from './replication-preview';
import { TargetChoice } from './target-choice';
import { WhatWillHappen } from './what-will-happen';

/** Region and target vault of a replication; those that cannot be chosen say why and how to mend it. */
export function ConfigureReplicationPanel({ vault, onClose }: VaultPanelProps) {
  const targets = useQuery(replicationTargetsQuery(vault.id));
  const all = targets.data?.items ?? [];
  const [chosenRegion, setChosenRegion] = useState<string | null>(null);
  const region =
    chosenRegion ?? all.find(({ eligible }) => eligible)?.region ?? all[0]?.region ?? vault.region;
  const here = all.filter((target) => target.region === region);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const target = here.find(({ vaultId, eligible }) => vaultId === chosenId && eligible) ?? null;
  const refusal = useRefusal('replication.start');
  const { show } = useFlash();
  const start = useAction(startReplicationAction, (replication) => {
    show({
      kind: 'success',
      title: `${replication.source.vaultName} now replicates to ${replication.target.vaultName}.`,
      detail: 'Existing backup points are copied first.',
      link: { label: 'Follow progress', href: `${vaultHref(vault.id, vault.region)}?tab=replication` },
    });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (target) start.send({ sourceVaultId: vault.id, targetVaultId: target.vaultId });
  };
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Configure vault replication"
      size="lg"
      description={`Keeps a second copy of everything in ${vault.name} where this account cannot delete it.`}
    >
      <form className="contents" onSubmit={submit} noValidate>
        <PanelBody>
          <Field label="Target region" isRequired>
            <Select
              value={region}
              onValueChange={(next) => {
                setChosenRegion(next);
                setChosenId(null);
              }}
              options={knownRegions().map(({ id, name }) => ({
                value: id,
                label: name,
                description: describeRegion(all, id),
              }))}
            />
          </Field>
          <TargetChoice
            query={targets}
            targets={here}
            value={target?.vaultId ?? null}
            onValueChange={setChosenId}
            source={vault}
          />
          <ReplicationPreview source={vault} target={target} region={region} />
          {target && <WhatWillHappen source={vault} target={target} />}
          {target && <OwnerCost source={vault} target={target} />}
          <FormError error={start.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            isLoading={start.isPending}
            disabledReason={refusal ?? (target ? null : 'Choose a target vault first.')}
          >
            Start replication
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}

function describeRegion(targets: ReplicationTarget[], region: string): string | undefined {
  const here = targets.filter((target) => target.region === region);
  if (here.length === 0) return undefined;
  const eligible = here.filter((target) => target.eligible).length;
  return `${plural(here.length, 'target vault')}, ${eligible} can be chosen`;
}
