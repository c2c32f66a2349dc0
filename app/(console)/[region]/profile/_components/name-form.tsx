'use client';

import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { Input } from '@/components/ui/input';
import { updateProfileAction } from '../actions';

export function NameForm({ name: saved }: { name: string }) {
  const { show } = useFlash();
  const [name, setName] = useState(saved);
  const save = useAction(updateProfileAction, () => show({ kind: 'success', title: 'Your name is saved.' }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.send({ name });
  };
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-3">
      <Field label="Name" error={save.fields.name} hint="Shown in the audit beside what you do.">
        <Input
          value={name}
          onChange={(event) => setName(event.target.value)}
          maxLength={64}
          autoComplete="name"
        />
      </Field>
      <FormError error={save.error} />
      <div>
        <Button
          type="submit"
          isLoading={save.isPending}
          disabledReason={name.trim() === saved ? 'The name is saved already.' : null}
        >
          Save name
        </Button>
      </div>
    </form>
  );
}
