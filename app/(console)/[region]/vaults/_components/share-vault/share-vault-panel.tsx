'use client';

import type { FormEvent } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { ShareChoice, useShareChoice } from '@/app/(console)/[region]/_components/shares/share-choice';
import { sectionHref } from '@/components/console/navigation';
import { Button } from '@/components/ui/button';
import { useFlash } from '@/components/ui/flash';
import { plural } from '@/components/ui/format';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { shareVaultAction } from '../../actions';
import type { VaultPanelProps } from '../use-vault-actions';
import { CostWarning } from './cost-warning';
import { SharePreview } from './share-preview';

/** Puts a replication target vault into a resource share, an existing one or a new one. */
export function ShareVaultPanel({ vault, onClose }: VaultPanelProps) {
  const choice = useShareChoice((share) => share.vaults.some(({ id }) => id === vault.id));
  const refusal = useRefusal('shares.manage');
  const { show } = useFlash();
  const add = useAction(shareVaultAction, (share) => {
    const invited = share.principals.filter((principal) => principal.invitationStatus === 'pending').length;
    show({
      kind: 'success',
      title: `${vault.name} is in the resource share ${share.name}.`,
      detail: invited > 0 ? `${plural(invited, 'invitation')} waiting for an answer.` : undefined,
      link: { label: 'Open resource shares', href: sectionHref(vault.region, 'shared-by-me') },
    });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.send({ vaultId: vault.id, ...choice.input });
  };
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Add resources to a resource share"
      size="lg"
      description={`Lets other accounts choose ${vault.name} as the target of a replication.`}
    >
      <form className="contents" onSubmit={submit} noValidate>
        <PanelBody>
          <ShareChoice choice={choice} fields={add.fields} resource="vault" />
          <SharePreview vault={vault} recipients={choice.recipients} />
          <CostWarning vault={vault} />
          <FormError error={add.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={add.isPending} disabledReason={refusal}>
            Share vault
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}
