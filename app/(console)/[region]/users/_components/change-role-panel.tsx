'use client';

import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { useFlash } from '@/components/ui/flash';
import { RadioCards } from '@/components/ui/radio-cards';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import type { Role } from '@/lib/permissions';
import type { User } from '@/lib/users/schemas';
import { setUserRoleAction } from '../actions';
import { roleOptions } from './create-user-panel';

export function ChangeRolePanel({ user, onClose }: { user: User; onClose: () => void }) {
  const { show } = useFlash();
  const [role, setRole] = useState<Role>(user.role);
  const change = useAction(setUserRoleAction, () => {
    show({ kind: 'success', title: `${user.name} is ${role} now.` });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.send({ id: user.id, role });
  };
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Change role"
      description={`${user.name}. It counts from their next request on, for their access keys too.`}
    >
      <form className="contents" onSubmit={submit}>
        <PanelBody>
          <RadioCards
            label="Role"
            options={roleOptions}
            value={role}
            onValueChange={(value) => setRole(value as Role)}
          />
          <FormError error={change.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            isLoading={change.isPending}
            disabledReason={role === user.role ? 'Choose another role.' : null}
          >
            Change role
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}
