'use client';

import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { findPasswordRefusal, leastPasswordLength } from '@/lib/accounts/schemas';

export interface PasswordDraft {
  currentPassword: string;
  newPassword: string;
  repeated: string;
}

const empty: PasswordDraft = { currentPassword: '', newPassword: '', repeated: '' };

/** The draft of a password change and what is wrong with it, before it is sent. */
export function usePasswordDraft(user: { email: string; name: string }) {
  const [draft, setDraft] = useState(empty);
  const [isChecked, setIsChecked] = useState(false);
  const found = {
    newPassword: findPasswordRefusal(draft.newPassword, user) ?? undefined,
    repeated: draft.newPassword === draft.repeated ? undefined : 'The two are not the same.',
  };
  return {
    draft,
    setDraft,
    errors: isChecked ? found : {},
    /** Whether it can be sent; shows the errors when not. */
    check: () => {
      setIsChecked(true);
      return !found.newPassword && !found.repeated;
    },
    clear: () => {
      setDraft(empty);
      setIsChecked(false);
    },
  };
}

interface PasswordFieldsProps {
  draft: PasswordDraft;
  onChange: (draft: PasswordDraft) => void;
  errors: Partial<Record<keyof PasswordDraft, string>>;
  currentLabel?: string;
}

export function PasswordFields({
  draft,
  onChange,
  errors,
  currentLabel = 'Current password',
}: PasswordFieldsProps) {
  const field = (name: keyof PasswordDraft, autoComplete: string) => (
    <Input
      type="password"
      autoComplete={autoComplete}
      value={draft[name]}
      onChange={(event) => onChange({ ...draft, [name]: event.target.value })}
    />
  );
  return (
    <>
      <Field label={currentLabel} error={errors.currentPassword} isRequired>
        {field('currentPassword', 'current-password')}
      </Field>
      <Field
        label="New password"
        error={errors.newPassword}
        hint={`At least ${leastPasswordLength} characters; a few unrelated words are good.`}
        isRequired
      >
        {field('newPassword', 'new-password')}
      </Field>
      <Field label="New password again" error={errors.repeated} isRequired>
        {field('repeated', 'new-password')}
      </Field>
    </>
  );
}
