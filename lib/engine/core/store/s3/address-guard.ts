import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { CrossvaultError } from '@/lib/errors';

const closed = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  closed.addSubnet(net, bits, 'ipv4');
}
for (const [net, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
  // Addresses that stand for IPv4 ones, however they are written.
  ['64:ff9b::', 96],
  ['2002::', 16],
] as const) {
  closed.addSubnet(net, bits, 'ipv6');
}

/** Whether an address belongs to this machine, a private network or nobody. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  // Also for `::ffff:127.0.0.1`, which the list reads as IPv4.
  return closed.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

function refused(host: string): CrossvaultError {
  return new CrossvaultError(
    'storage_unavailable',
    `The endpoint ${host} lies on this machine or in a private network. The operator may allow that in the regions file.`,
    { reason: 'private_endpoint' },
  );
}

/** @throws `storage_unavailable` for an endpoint that is written as a private address. Names are checked by the look-up. */
export function requirePublicHost(endpoint: string): void {
  const host = new URL(endpoint).hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) && isPrivateAddress(host)) throw refused(host);
}

type Answer = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/**
 * A look-up for `http.Agent`: the connection goes to the very address that was checked, so that a name that changes its
 * mind between check and connection gains nothing.
 */
export function lookupPublic(
  host: string,
  options: { all?: boolean; family?: unknown },
  answer: Answer,
): void {
  lookup(host, { all: true, verbatim: true }, (error, addresses) => {
    if (error) return answer(error, []);
    const open = addresses.filter(({ address }) => !isPrivateAddress(address));
    if (open.length < addresses.length || open.length === 0) return answer(refused(host), []);
    if (options.all) answer(null, open);
    else answer(null, open[0]!.address, open[0]!.family);
  });
}
