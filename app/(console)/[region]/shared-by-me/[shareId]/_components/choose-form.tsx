'use client';

import { type ReactNode, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { FieldGroup } from '@/components/ui/field';
import type { CrossvaultError } from '@/lib/errors';

interface ChooseFormProps {
  legend: string;
  /** What one is called, and how many one call adds. */
  noun: string;
  limit: number;
  choices: { id: string; name: string; description: ReactNode }[];
  sending: { isPending: boolean; error: CrossvaultError | null; fieldError: string | undefined };
  /** Why nothing can be added now. */
  refusal: string | null;
  onSubmit: (ids: string[]) => void;
}

/** Chooses some of what the account has, to put it into a share. */
export function ChooseForm(props: ChooseFormProps) {
  const { legend, noun, limit, choices, sending, refusal, onSubmit } = props;
  const [marked, setMarked] = useState<string[]>([]);
  // What was added is no choice any more.
  const chosen = marked.filter((id) => choices.some((choice) => choice.id === id));
  const isFull = chosen.length >= limit;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(chosen);
      }}
    >
      <FieldGroup
        legend={legend}
        hint={`Up to ${limit} at once. ${chosen.length} chosen.`}
        error={sending.fieldError}
      >
        <ul className="max-h-56 overflow-y-auto rounded-md border border-line-strong py-1">
          {choices.map(({ id, name, description }) => (
            <li key={id} className="px-3 py-1">
              <Checkbox
                label={name}
                description={description}
                checked={chosen.includes(id)}
                disabled={isFull && !chosen.includes(id)}
                onCheckedChange={(checked) =>
                  setMarked(checked === true ? [...chosen, id] : chosen.filter((one) => one !== id))
                }
              />
            </li>
          ))}
        </ul>
      </FieldGroup>
      <FormError error={sending.fieldError ? null : sending.error} />
      <Button
        type="submit"
        className="mt-2"
        isLoading={sending.isPending}
        disabledReason={refusal ?? (chosen.length === 0 ? `Choose a ${noun} first.` : null)}
      >
        Add {noun}s to share
      </Button>
    </form>
  );
}
