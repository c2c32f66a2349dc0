import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import type { Context } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { webDatabase } from './database';
import { contextFromHeaders } from './request-context';
import { pathHeader, signInHref } from './return-path';
import { webSettings } from './settings';

export const signInPath = '/sign-in';

export function webDoor() {
  return { db: webDatabase(), settings: webSettings() };
}

/** The signed-in user of this request, for reads in server components; one look-up however many components ask. */
export const requireContext = cache(
  async (): Promise<Context> => contextFromHeaders(webDoor(), await headers(), { isChange: false }),
);

/** Like `requireContext` for a page or layout: sends a visitor without a session to sign in, and back afterwards. */
export async function requirePageContext(): Promise<Context> {
  try {
    return await requireContext();
  } catch (error) {
    if (error instanceof CrossvaultError && error.code === 'unauthenticated') {
      redirect(signInHref((await headers()).get(pathHeader)));
    }
    throw error;
  }
}
