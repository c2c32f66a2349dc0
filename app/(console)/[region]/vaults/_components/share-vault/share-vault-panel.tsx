'use client';

import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { z } from 'zod';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import type { NamedPrincipal } from '@/app/(console)/[region]/_components/shares/principal-words';
import { sectionHref } from '@/components/console/navigation';
import { Button } from '@/components/ui/button';
import { useFlash } from '@/components/ui/flash';
import { plural } from '@/components/ui/format';
import { RadioCards } from '@/components/ui/radio-cards';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { resourceSharesQuery } from '@/lib/resource-shares/query';
import type { ShareVault } from '@/lib/resource-shares/schemas';
import type { Vault } from '@/lib/vaults/schemas';
import { shareVaultAction } from '../../actions';
import type { VaultPanelProps } from '../use-vault-actions';
import { CostWarning } from './cost-warning';
import { ExistingShareFields } from './existing-share-fields';
import { NewShareFields, type PrincipalScope } from './new-share-fields';
import { SharePreview } from './share-preview';

type Mode = 'existing' | 'new';

/** Puts a replication target vault into a resource share, an existing one or a new one. */
export function ShareVaultPanel({ vault, onClose }: VaultPanelProps) {
  const shares = useQuery(resourceSharesQuery());
  const [chosenMode, setChosenMode] = useState<Mode | null>(null);
  const [shareId, setShareId] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [scope, setScope] = useState<PrincipalScope>('any_account');
  const [principals, setPrincipals] = useState<NamedPrincipal[]>([]);
  const refusal = useRefusal('shares.manage');
  const { show } = useFlash();
  const others = shares.data?.items.filter((share) => share.vaults.every(({ id }) => id !== vault.id)) ?? [];
  const mode = chosenMode ?? (others.length > 0 ? 'existing' : 'new');
  const existing = others.find((share) => share.id === shareId) ?? null;
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
    add.send(toInput(vault, mode, { shareId, name, scope, principals }));
  };
  const recipients =
    mode === 'new'
      ? principals
      : (existing?.principals.map(({ type, id, name: known }) => ({ type, id, name: known ?? id })) ?? []);
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
          <RadioCards
            label="Resource share"
            columns={2}
            value={mode}
            onValueChange={(value) => setChosenMode(value as Mode)}
            options={[
              {
                value: 'existing',
                label: 'Select from existing',
                description: 'Its principals can choose this vault as well, with nothing more to accept.',
                disabledReason:
                  shares.data && others.length === 0
                    ? 'There is no other resource share in this account.'
                    : null,
              },
              {
                value: 'new',
                label: 'Create a resource share',
                description: 'For the principals that you name.',
              },
            ]}
          />
          {mode === 'existing' ? (
            <ExistingShareFields
              shares={others}
              value={shareId}
              onValueChange={setShareId}
              error={add.fields.shareId}
            />
          ) : (
            <NewShareFields
              name={name}
              onNameChange={setName}
              scope={scope}
              onScopeChange={setScope}
              principals={principals}
              onPrincipalsChange={setPrincipals}
              fields={add.fields}
            />
          )}
          <SharePreview vault={vault} recipients={recipients} />
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

interface Answers {
  shareId: string | null;
  name: string;
  scope: PrincipalScope;
  principals: NamedPrincipal[];
}

function toInput(vault: Vault, mode: Mode, answers: Answers): z.input<typeof ShareVault> {
  const { shareId, name, scope } = answers;
  if (mode === 'existing') return { mode, vaultId: vault.id, shareId: shareId ?? '' };
  const principals = answers.principals.map(({ type, id }) => ({ type, id }));
  return { mode, vaultId: vault.id, name, principalScope: scope, principals };
}
