import { CrossvaultError } from '@/lib/errors';

/** What a rule refuses with, in words, or null when it lets the deed pass. */
export function refusalMessage(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof CrossvaultError) return error.message;
    throw error;
  }
}
