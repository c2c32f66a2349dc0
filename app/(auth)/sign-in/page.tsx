import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Wordmark } from '@/components/console/shell/mark';
import { requireContext } from '@/lib/api/context';
import { SignInForm } from './_components/sign-in-form';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage() {
  if (await isSignedIn()) redirect('/');
  return (
    <>
      <Wordmark className="mb-10" />
      <h1 className="mb-6 font-semibold text-2xl tracking-[-0.015em]">Sign in</h1>
      <SignInForm />
    </>
  );
}

async function isSignedIn(): Promise<boolean> {
  return requireContext().then(
    () => true,
    () => false,
  );
}
