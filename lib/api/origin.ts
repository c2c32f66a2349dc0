import { CrossvaultError } from '@/lib/errors';

/**
 * Refuses a state-changing request that another site made the browser send. A cookie travels by itself, so its request
 * must name an Origin, and that must be this host or the configured public address. An absent one is refused too.
 */
export function requireOwnOrigin(headers: Headers, publicOrigin: string): void {
  const origin = headers.get('origin');
  if (origin === publicOrigin) return;
  const host = headers.get('host');
  if (origin && host && URL.canParse(origin) && new URL(origin).host === host) return;
  throw new CrossvaultError(
    'forbidden',
    'The request did not come from this console. Reload the page and try again.',
    {
      reason: 'foreign_origin',
    },
  );
}
