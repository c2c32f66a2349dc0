'use client';

import type { FormEvent } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { PasswordFields, usePasswordDraft } from '@/app/(console)/_components/password-fields';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { useFlash } from '@/components/ui/flash';
import { changePasswordAction } from '../actions';

export function PasswordForm({ user }: { user: { email: string; name: string } }) {
  const { show } = useFlash();
  const { draft, setDraft, errors, check, clear } = usePasswordDraft(user);
  const change = useAction(changePasswordAction, () => {
    clear();
    show({ kind: 'success', title: 'Your password is changed. Your other sessions have ended.' });
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { currentPassword, newPassword } = draft;
    if (check()) change.send({ currentPassword, newPassword });
  };
  return (
    <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-3">
      <PasswordFields draft={draft} onChange={setDraft} errors={{ ...change.fields, ...errors }} />
      <FormError error={change.error} />
      <div>
        <Button type="submit" isLoading={change.isPending}>
          Change password
        </Button>
      </div>
    </form>
  );
}
