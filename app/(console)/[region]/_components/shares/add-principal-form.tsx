'use client';

import { useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import { useFlash } from '@/components/ui/flash';
import type { ResourceShare } from '@/lib/resource-shares/schemas';
import { addPrincipalAction } from '../../shared-by-me/actions';
import { PrincipalPicker } from './principal-picker';
import { type NamedPrincipal, principalName } from './principal-words';

/** Adds one more principal to a share: inside the directory at once, outside by an invitation. */
export function AddPrincipalForm({ share }: { share: ResourceShare }) {
  const [chosen, setChosen] = useState<NamedPrincipal[]>([]);
  const refusal = useRefusal('shares.manage');
  const { show } = useFlash();
  const [principal] = chosen;
  const add = useAction(addPrincipalAction, (changed, { id }) => {
    const added = changed.principals.find((one) => one.id === id);
    const name = principal ? principalName(principal) : id;
    show({
      kind: 'success',
      title: added?.isExternal ? `${name} is invited to ${share.name}.` : `${name} is in ${share.name}.`,
    });
    setChosen([]);
  });
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (principal) add.send({ shareId: share.id, type: principal.type, id: principal.id });
      }}
    >
      <PrincipalPicker
        values={chosen}
        onValuesChange={(values) => {
          setChosen(values);
          add.reset();
        }}
        scope={share.principalScope}
        limit={1}
        error={add.fields.id}
      />
      {add.error && !add.fields.id && <FormError error={add.error} />}
      <div>
        <Button
          type="submit"
          variant="primary"
          isLoading={add.isPending}
          disabledReason={refusal ?? (principal ? null : 'Choose a principal first.')}
        >
          Add principal
        </Button>
      </div>
    </form>
  );
}
