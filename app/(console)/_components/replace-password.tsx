'use client';

import { KeyRound } from 'lucide-react';
import type { FormEvent } from 'react';
import { changePasswordAction } from '@/app/(console)/[region]/profile/actions';
import { Button } from '@/components/ui/button';
import type { Me } from '@/lib/accounts/schemas';
import { FormError } from './form-error';
import { PasswordFields, usePasswordDraft } from './password-fields';
import { useAction } from './use-action';

/** All that somebody sees who came in with a one-time password. */
export function ReplacePassword({ me }: { me: Me }) {
  const { draft, setDraft, errors, check } = usePasswordDraft(me.user);
  const change = useAction(changePasswordAction, () => window.location.reload());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { currentPassword, newPassword } = draft;
    if (check()) change.send({ currentPassword, newPassword });
  };
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-5 px-4 py-10">
      <div>
        <KeyRound className="mb-3 size-6 text-accent" aria-hidden />
        <h1 className="font-semibold text-xl">Choose your password</h1>
        <p className="mt-1 text-muted">
          You signed in to {me.account.name} with a one-time password. Replace it by one that only you know.
        </p>
      </div>
      <form method="post" noValidate onSubmit={submit} className="panel flex flex-col gap-4 p-5">
        <PasswordFields
          draft={draft}
          onChange={setDraft}
          errors={{ ...change.fields, ...errors }}
          currentLabel="One-time password"
        />
        <FormError error={change.error} />
        <Button type="submit" variant="primary" size="lg" isLoading={change.isPending}>
          Change password
        </Button>
      </form>
    </main>
  );
}
