'use client';

import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
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
import type { Quota, Vault } from '@/lib/vaults/schemas';
import { createVaultAction } from '../../actions';
import { ResourceGroupField } from '../resource-group-field';
import { redundancyWords } from '../vault-words';
import { EncryptionFields } from './encryption-fields';
import { QuotaMeter } from './quota-meter';

interface CreateVaultPanelProps {
  kind: Vault['kind'];
  region: string;
  onCreated: (vault: Vault) => void;
  onClose: () => void;
}

const words = {
  standard: {
    title: 'Create vault',
    description: 'Keeps backup points of this account’s clients.',
    submit: 'Create vault',
  },
  replication_target: {
    title: 'Create replication target vault',
    description:
      'Takes copies from one vault, of another account or of another region. You can restore from it.',
    submit: 'Create replication target vault',
  },
};

/** A name and a resource group; encryption and kind, which cannot be changed later. */
export function CreateVaultPanel({ kind, region, onCreated, onClose }: CreateVaultPanelProps) {
  const isTarget = kind === 'replication_target';
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [chosenGroup, setChosenGroup] = useState<string | null>(null);
  const [encryption, setEncryption] = useState<Vault['encryption']>('service');
  const [kmsKey, setKmsKey] = useState<string | null>(null);
  const groups = useQuery(resourceGroupsQuery());
  const groupId = chosenGroup ?? groups.data?.items[0]?.id ?? '';
  const quota = useQuota(kind, region);
  const refusal = useRefusal('vaults.create');
  const create = useAction(createVaultAction, (vault) => {
    onCreated(vault);
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const key = encryption === 'kms' ? kmsKey : null;
    create.send({ kind, name, description, region, resourceGroupId: groupId, encryption, kmsKey: key });
  };
  const { title, description: purpose, submit: submitLabel } = words[kind];
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
          <EncryptionFields
            encryption={encryption}
            onEncryptionChange={setEncryption}
            kmsKey={kmsKey}
            onKmsKeyChange={setKmsKey}
            error={create.fields.kmsKey}
            region={region}
          />
          <RegionFacts region={region} />
          {quota && <QuotaMeter quota={quota} />}
          <FormError error={create.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            isLoading={create.isPending}
            disabledReason={refusal ?? describeFull(quota)}
          >
            {submitLabel}
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

function useQuota(kind: Vault['kind'], region: string): Quota | undefined {
  const quotas = useQuery(quotasQuery()).data?.items;
  return kind === 'standard'
    ? quotas?.find((quota) => quota.name === 'vaults')
    : quotas?.find((quota) => quota.name === 'replication_targets' && quota.region === region);
}

function describeFull(quota: Quota | undefined): string | null {
  if (!quota || quota.used < quota.maximum) return null;
  return quota.name === 'vaults'
    ? `This account has all ${quota.maximum} vaults it may have. Delete one first.`
    : `All ${quota.maximum} replication target vaults of this region are in use. Delete one or choose another region.`;
}
