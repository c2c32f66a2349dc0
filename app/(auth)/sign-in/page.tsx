import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Wordmark } from '@/components/console/shell/mark';
import { requireContext } from '@/lib/api/context';
import { safeReturnPath } from '@/lib/api/return-path';
import { SignInForm } from './_components/sign-in-form';

export const metadata: Metadata = { title: 'Sign in' };

interface SignInPageProps {
  searchParams: Promise<{ next?: string | string[] }>;
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const { next } = await searchParams;
  const returnTo = safeReturnPath(typeof next === 'string' ? next : null);
  if (await isSignedIn()) redirect(returnTo);
  return (
    <>
      <Wordmark className="mb-10" />
      <h1 className="mb-6 font-semibold text-2xl tracking-[-0.015em]">Sign in</h1>
      <SignInForm returnTo={returnTo} />
    </>
  );
}

async function isSignedIn(): Promise<boolean> {
  return requireContext().then(
    () => true,
    () => false,
  );
}
