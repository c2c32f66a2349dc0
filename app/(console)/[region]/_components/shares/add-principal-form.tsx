'use client';

import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { Input } from '@/components/ui/input';
import { principalQuery } from '@/lib/resource-shares/query';
import type { ResourceShare } from '@/lib/resource-shares/schemas';
import { addPrincipalAction } from '../../shared-by-me/actions';

/** Invites one more account; its name is shown as soon as the UID is whole. */
export function AddPrincipalForm({ share }: { share: ResourceShare }) {
  const [uid, setUid] = useState('');
  const isWhole = /^[0-9]{16}$/.test(uid.trim());
  const found = useQuery({ ...principalQuery(uid.trim()), enabled: isWhole });
  const refusal = useRefusal('shares.manage');
  const { show } = useFlash();
  const add = useAction(addPrincipalAction, () => {
    show({ kind: 'success', title: `${found.data?.name ?? uid} is invited to ${share.name}.` });
    setUid('');
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.send({ shareId: share.id, id: uid.trim() });
  };
  const name = isWhole && found.data ? found.data.name : null;
  const problem = isWhole ? readProblem(found.error) : undefined;
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-2">
      <div className="flex items-start gap-2">
        <Field
          label="Account UID"
          hint={
            name ? (
              <span className="font-medium text-ink">{name}</span>
            ) : (
              'The 16 digits of the account to invite.'
            )
          }
          error={add.fields.id ?? problem}
          className="min-w-0 flex-1"
        >
          <Input
            value={uid}
            onChange={(event) => {
              setUid(event.target.value);
              add.reset();
            }}
            inputMode="numeric"
            autoComplete="off"
            spellCheck={false}
            className="font-mono"
          />
        </Field>
        <Button
          type="submit"
          className="mt-[27px]"
          isLoading={add.isPending}
          disabledReason={refusal ?? (name ? null : 'Enter the UID of an account first.')}
        >
          Invite account
        </Button>
      </div>
      {add.error && !add.fields.id && <FormError error={add.error} />}
    </form>
  );
}

function readProblem(error: (Error & { fields?: Record<string, string> }) | null): string | undefined {
  return error ? (error.fields?.accountId ?? error.message) : undefined;
}
