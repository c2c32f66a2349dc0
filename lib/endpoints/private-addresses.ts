import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const privateRanges = new BlockList();
for (const [network, prefix] of [
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
  privateRanges.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b:1::', 48],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  privateRanges.addSubnet(network, prefix, 'ipv6');
}

const nat64 = new BlockList();
nat64.addSubnet('64:ff9b::', 96, 'ipv6');
const mapped = new BlockList();
mapped.addSubnet('::ffff:0:0', 96, 'ipv6');

/** This machine, a local network, or an address that is nobody's on the Internet. `address` is an IP address. */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (isIP(bare) === 4) return privateRanges.check(bare, 'ipv4');
  // IPv4 inside IPv6 reaches the same machine.
  if (nat64.check(bare, 'ipv6') || mapped.check(bare, 'ipv6')) return isPrivateAddress(lastFour(bare));
  return privateRanges.check(bare, 'ipv6');
}

/** The last 32 bits of an IPv6 address, dotted. */
function lastFour(address: string): string {
  if (address.includes('.')) return address.slice(address.lastIndexOf(':') + 1);
  const url = new URL(`http://[${address}]`);
  const groups = url.hostname.slice(1, -1).split(':').slice(-2);
  const bits = groups.flatMap((group) => {
    const value = Number.parseInt(group || '0', 16);
    return [value >> 8, value & 255];
  });
  return bits.join('.');
}

/** A host that leads into a private range; the message is for whoever entered it. */
export class PrivateAddress extends Error {
  constructor(host: string) {
    super(
      `${host} is an address of this machine or of a private network. The operator has not allowed those.`,
    );
    this.name = 'PrivateAddress';
  }
}

/** Refuses a host that is itself a private address; what its name leads to is checked at each connection. */
export function requirePublicHost(host: string): void {
  const bare = host.replace(/^\[|\]$/g, '');
  if (bare === 'localhost' || bare.endsWith('.localhost') || (isIP(bare) && isPrivateAddress(bare))) {
    throw new PrivateAddress(bare);
  }
}

/**
 * For the `lookup` option of a connection: resolves as usual and fails when any of the addresses is private. The
 * connection is made to what was checked, so a name that changes its answer in between leads nowhere else.
 */
export const guardedLookup: LookupFunction = (hostname, options, answer) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return answer(error, '', 0);
    if (addresses.some(({ address }) => isPrivateAddress(address))) {
      return answer(new PrivateAddress(hostname), '', 0);
    }
    if (options.all) return answer(null, addresses);
    const [first] = addresses;
    answer(null, first!.address, first!.family);
  });
};
