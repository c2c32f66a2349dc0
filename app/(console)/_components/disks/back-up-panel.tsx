'use client';

import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { sectionHref } from '@/components/console/navigation';
import { Button, ButtonLink } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Field } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { formatBytes } from '@/components/ui/format';
import { Input } from '@/components/ui/input';
import { RadioCards } from '@/components/ui/radio-cards';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { regionName } from '@/lib/regions/schemas';
import { allVaultsQuery } from '@/lib/vaults/query';
import { capacityRefusal, type Vault, vaultKinds } from '@/lib/vaults/schemas';
import { backUpAction } from './actions';

interface BackUpPanelProps {
  of: { kind: 'disk' | 'server'; name: string; region: string; sourceId: string; allocatedBytes: number };
  isFirst: boolean;
  onClose: () => void;
}

/** Which vault, for how long, under which name. Vaults that cannot take it say why. */
export function BackUpPanel({ of, isFirst, onClose }: BackUpPanelProps) {
  const { show } = useFlash();
  const vaults = useQuery(allVaultsQuery(of.region));
  const kind = of.kind === 'disk' ? 'disk_backup' : 'server_backup';
  const fitting = vaults.data?.filter((vault) => vault.kind === kind) ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [days, setDays] = useState('30');
  const vaultId = chosen ?? fitting.find((vault) => !refusalOf(vault, of.allocatedBytes, isFirst))?.id ?? '';
  const start = useAction(backUpAction, () => {
    show({
      kind: 'success',
      title: `The backup of ${of.name} has started. Its progress is under Backup jobs.`,
    });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.send({
      sourceId: of.sourceId,
      vaultId,
      paths: ['/'],
      retentionDays: days,
      ...(name.trim() && { backupName: name }),
    });
  };
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Back up ${of.kind}`}
      description={`${of.name}, ${of.kind === 'server' ? 'with all its disks at one moment, also while it runs' : 'also while its server runs'}.`}
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          {vaults.data && fitting.length === 0 ? (
            <Callout
              kind="warning"
              action={
                <ButtonLink size="sm" href={`${sectionHref(of.region, 'vaults')}?create=${kind}`}>
                  Create vault
                </ButtonLink>
              }
            >
              {`There is no vault of the kind ${vaultKinds[kind].word} in ${regionName(of.region)} yet.`}
            </Callout>
          ) : (
            <Field label="Vault" error={start.fields.vaultId} isRequired>
              <RadioCards
                label="Vault"
                value={vaultId}
                onValueChange={setChosen}
                options={fitting.map((vault) => ({
                  value: vault.id,
                  label: vault.name,
                  description: freeInWords(vault),
                  disabledReason: refusalOf(vault, of.allocatedBytes, isFirst),
                }))}
              />
            </Field>
          )}
          <Field label="Backup name" hint="Without one, it is made of the name and the time." isOptional>
            <Input value={name} maxLength={64} onChange={(event) => setName(event.target.value)} />
          </Field>
          <Field label="Keep for days" error={start.fields.retentionDays} isRequired>
            <Input inputMode="numeric" value={days} onChange={(event) => setDays(event.target.value)} />
          </Field>
          <FormError error={start.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            isLoading={start.isPending}
            disabledReason={vaultId ? null : 'Choose a vault that has room.'}
          >
            {`Back up ${of.kind}`}
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}

function refusalOf(vault: Vault, allocatedBytes: number, isFirst: boolean): string | null {
  if (vault.status !== 'created') return 'It is not ready.';
  const { capacity } = vault;
  if (!capacity) return null;
  const row = {
    capacityBytes: capacity.totalBytes,
    storedBytes: capacity.usedBytes,
    reservedBytes: capacity.reservedBytes,
    thresholdPercent: capacity.thresholdPercent,
    isAutoExpanding: capacity.isAutoExpanding,
  };
  return capacityRefusal(row, isFirst ? allocatedBytes : 0)?.message ?? null;
}

function freeInWords({ capacity }: Vault): string {
  if (!capacity) return '';
  const free = `${formatBytes(capacity.freeBytes)} free of ${formatBytes(capacity.totalBytes)}`;
  return capacity.isAutoExpanding ? `${free}, expands by itself` : free;
}
