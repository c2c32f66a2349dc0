'use client';

import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { HelpLink } from '@/app/(console)/_components/help-link';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Field } from '@/components/ui/field';
import { Input, Textarea } from '@/components/ui/input';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { Summary } from '@/components/ui/summary';
import { findRegion, regionName } from '@/lib/regions/schemas';
import { resourceGroupsQuery } from '@/lib/resource-groups/query';
import { quotasQuery } from '@/lib/vaults/query';
import { limits, quotaRefusal } from '@/lib/vaults/quotas';
import { proposedGuardDays, type Quota, type Vault, vaultKinds } from '@/lib/vaults/schemas';
import { createVaultAction } from '../../actions';
import { CapacityFields, proposedCapacity } from '../capacity-fields';
import { GuardDaysField } from '../guard-days-field';
import { ResourceGroupField } from '../resource-group-field';
import { redundancyWords } from '../vault-words';
import { EncryptionFields } from './encryption-fields';
import { KindFields } from './kind-fields';
import { QuotaMeter } from './quota-meter';

interface CreateVaultPanelProps {
  /** A target is asked for by its own button; of the other kinds one is chosen here. */
  isTarget: boolean;
  /** Chosen beforehand, by a page that needs such a vault. */
  wantedKind?: Vault['kind'];
  region: string;
  onCreated: (vault: Vault) => void;
  onClose: () => void;
}

/** A name and a resource group; encryption and kind, which cannot be changed later. */
export function CreateVaultPanel({
  isTarget,
  wantedKind,
  region,
  onCreated,
  onClose,
}: CreateVaultPanelProps) {
  const [kind, setKind] = useState<Vault['kind']>(
    isTarget ? 'replication_target' : (wantedKind ?? 'standard'),
  );
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [guardDays, setGuardDays] = useState(String(proposedGuardDays));
  const [chosenGroup, setChosenGroup] = useState<string | null>(null);
  const [encryption, setEncryption] = useState<Vault['encryption']>('service');
  const [kmsKey, setKmsKey] = useState<string | null>(null);
  const [capacity, setCapacity] = useState(proposedCapacity);
  const groups = useQuery(resourceGroupsQuery());
  const groupId = chosenGroup ?? groups.data?.items[0]?.id ?? '';
  const quotas = useQuery(quotasQuery()).data?.items ?? [];
  const refusal = useRefusal('vaults.create');
  const create = useAction(createVaultAction, (vault) => {
    onCreated(vault);
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const key = encryption === 'kms' ? kmsKey : null;
    create.send({
      kind,
      name,
      description,
      region,
      resourceGroupId: groupId,
      encryption,
      kmsKey: key,
      ...(isTarget && { guardDays }),
      ...(vaultKinds[kind].hasCapacity && capacity),
    });
  };
  const title = isTarget ? 'Create replication target vault' : 'Create vault';
  const purpose = isTarget
    ? vaultKinds.replication_target.purpose
    : 'Keeps backup points of this account. Its kind says what it takes.';
  const isFull = quotaRefusal(quotas, kind, region)?.message;
  return (
    <SidePanel isOpen onOpenChange={(isOpen) => !isOpen && onClose()} title={title} description={purpose}>
      <form className="contents" onSubmit={submit} noValidate>
        <PanelBody>
          {isTarget && (
            <Callout>
              This account owns the vault and pays for its storage and for the traffic into it. Share it with
              the account whose backups it should keep; that account then chooses it on its own vault.
            </Callout>
          )}
          {!isTarget && <KindFields kind={kind} onKindChange={setKind} quotas={quotas} region={region} />}
          <p>
            <HelpLink topic={isTarget ? 'replication' : 'vaults'} isInline />
          </p>
          <Field
            label="Vault name"
            hint={`Unique among this account’s vaults in ${regionName(region)}.`}
            error={create.fields.name}
            isRequired
          >
            <Input
              value={name}
              onChange={(event) => setName(event.target.value)}
              maxLength={64}
              autoComplete="off"
            />
          </Field>
          <Field label="Description" error={create.fields.description} isOptional>
            <Textarea
              value={description}
              onChange={(event) => setDescription(event.target.value)}
              maxLength={255}
              rows={2}
            />
          </Field>
          <ResourceGroupField
            value={groupId}
            onValueChange={setChosenGroup}
            error={create.fields.resourceGroupId}
          />
          {isTarget && (
            <GuardDaysField value={guardDays} onValueChange={setGuardDays} error={create.fields.guardDays} />
          )}
          {vaultKinds[kind].hasCapacity && (
            <CapacityFields
              kind={kind}
              region={region}
              value={capacity}
              onValueChange={setCapacity}
              errors={create.fields}
            />
          )}
          <EncryptionFields
            encryption={encryption}
            onEncryptionChange={setEncryption}
            kmsKey={kmsKey}
            onKmsKeyChange={setKmsKey}
            error={create.fields.kmsKey}
            region={region}
          />
          <RegionFacts region={region} />
          {quotas
            .filter((quota) => limits(quota, kind, region) && !isTrialQuota(quota))
            .map((quota) => (
              <QuotaMeter key={quota.name} quota={quota} />
            ))}
          <FormError error={create.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            isLoading={create.isPending}
            disabledReason={refusal ?? isFull}
          >
            {title}
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}

function RegionFacts({ region }: { region: string }) {
  return (
    <Summary
      columns={2}
      className="rounded-md bg-sunken p-3"
      items={[
        { label: 'Region', value: regionName(region) },
        {
          label: 'Redundancy of this region',
          value: redundancyWords(findRegion(region)?.zoneRedundancy ? 'ZRS' : 'LRS', region),
        },
      ]}
    />
  );
}

function isTrialQuota({ name }: Quota): boolean {
  return name !== 'vaults' && name !== 'replication_targets';
}
