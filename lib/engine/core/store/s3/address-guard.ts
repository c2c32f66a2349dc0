import type { LookupFunction } from 'node:net';
import { CrossvaultError } from '@/lib/errors';
import { guardedLookup, PrivateAddress, requirePublicHost } from '../../private-addresses';

/** @throws `storage_unavailable` for an endpoint that is written as a private address. Names are checked by the look-up. */
export function requirePublicEndpoint(endpoint: string): void {
  const { hostname } = new URL(endpoint);
  try {
    requirePublicHost(hostname);
  } catch (error) {
    throw toStorageError(error, hostname);
  }
}

/** A look-up for `http.Agent` that fails for a name which leads into a private network. */
export const lookupPublic: LookupFunction = (host, options, answer) => {
  guardedLookup(host, options, (error, address, family) =>
    answer(error && (toStorageError(error, host) as NodeJS.ErrnoException), address, family),
  );
};

function toStorageError(error: unknown, host: string): unknown {
  if (!(error instanceof PrivateAddress)) return error;
  return new CrossvaultError(
    'storage_unavailable',
    `The endpoint ${host} lies on this machine or in a private network. The operator may allow that in the regions file.`,
    { reason: 'private_endpoint', cause: error },
  );
}
