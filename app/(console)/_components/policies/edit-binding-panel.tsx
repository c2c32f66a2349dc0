'use client';

import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { updateBindingAction } from '@/app/(console)/[region]/policies/actions';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { useFlash } from '@/components/ui/flash';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { clientsQuery } from '@/lib/clients/query';
import type { PolicyBinding } from '@/lib/policies/schemas';
import { FormError } from '../form-error';
import { useAction } from '../use-action';
import { PathFields } from './binding-fields';

export function EditBindingPanel({ binding, onClose }: { binding: PolicyBinding; onClose: () => void }) {
  const { show } = useFlash();
  const [entered, setEntered] = useState(() => {
    const { paths, includes, excludes } = binding;
    return { paths, includes, excludes };
  });
  const clients = useQuery(clientsQuery()).data?.items ?? [];
  const platform = clients.find(({ id }) => id === binding.client.id)?.platform ?? '';
  const save = useAction(updateBindingAction, () => {
    show({ kind: 'success', title: `The folders of ${binding.source.name} are saved.` });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.send({ id: binding.id, ...entered });
  };
  const hasOtherPaths = JSON.stringify(entered.paths) !== JSON.stringify(binding.paths);
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Edit folders"
      description={`What ${binding.policy.name} backs up of ${binding.source.name} into ${binding.vault.name}.`}
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <PathFields
            binding={entered}
            onChange={(part) => setEntered((old) => ({ ...old, ...part }))}
            errors={save.fields}
            platform={platform}
            kind={binding.source.kind}
          />
          {hasOtherPaths && (
            <Callout>
              The next backup reads everything once, because no point holds these folders yet. Points that
              exist stay.
            </Callout>
          )}
          <FormError error={save.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            isLoading={save.isPending}
            disabledReason={entered.paths.length === 0 ? 'Add at least one folder.' : null}
          >
            Save folders
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}
