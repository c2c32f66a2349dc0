'use client';

import { signIn } from 'next-auth/react';
import { type FormEvent, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { SignIn } from '@/lib/accounts/schemas';

interface Problems {
  email?: string;
  password?: string;
  form?: string;
}

/** `returnTo` is a path of this console. */
export function SignInForm({ returnTo }: { returnTo: string }) {
  const [problems, setProblems] = useState<Problems>({});
  const [isPending, setIsPending] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const parsed = SignIn.safeParse(Object.fromEntries(new FormData(event.currentTarget)));
    if (!parsed.success) {
      const found = parsed.error.issues.map((issue) => [issue.path[0], issue.message]);
      setProblems(Object.fromEntries(found.reverse()));
      return;
    }
    setProblems({});
    setIsPending(true);
    const problem = await attempt(parsed.data);
    if (problem === null) {
      // A full load, so that nothing of an earlier account stays in memory.
      window.location.assign(returnTo);
      return;
    }
    setIsPending(false);
    setProblems({ form: problem });
  };

  return (
    <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-5">
      {problems.form && <Callout kind="danger">{problems.form}</Callout>}
      <Field label="E-mail" error={problems.email} isRequired>
        <Input name="email" type="email" autoComplete="username" className="h-10" />
      </Field>
      <Field label="Password" error={problems.password} isRequired>
        <Input name="password" type="password" autoComplete="current-password" className="h-10" />
      </Field>
      <Button type="submit" variant="primary" size="lg" isLoading={isPending}>
        Sign in
      </Button>
    </form>
  );
}

/** Null when it worked, else what to tell the reader. */
async function attempt(credentials: { email: string; password: string }): Promise<string | null> {
  try {
    const answer = await signIn('credentials', { ...credentials, redirect: false });
    return answer?.ok ? null : (answer?.error ?? 'Crossvault did not answer. Try again in a moment.');
  } catch {
    return 'Crossvault did not answer. Check the connection and try again.';
  }
}
