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
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
  // Addresses that stand for IPv4 ones, however they are written.
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
] as const) {
  privateRanges.addSubnet(network, prefix, 'ipv6');
}

/** This machine, a private network, or an address that is nobody's on the Internet; also what is no IP address. */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  const family = isIP(bare);
  if (family === 0) return true;
  // Also for `::ffff:127.0.0.1`, which the list reads as IPv4.
  return privateRanges.check(bare, family === 6 ? 'ipv6' : 'ipv4');
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
  const isThisMachine = bare === 'localhost' || bare.endsWith('.localhost');
  if (isThisMachine || (isIP(bare) && isPrivateAddress(bare))) throw new PrivateAddress(bare);
}

/**
 * For the `lookup` option of a connection: resolves as usual and fails when any of the addresses is private. The
 * connection is made to what was checked, so a name that changes its answer in between leads nowhere else.
 */
export const guardedLookup: LookupFunction = (hostname, options, answer) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return answer(error, '', 0);
    if (addresses.length === 0 || addresses.some(({ address }) => isPrivateAddress(address))) {
      return answer(new PrivateAddress(hostname), '', 0);
    }
    if (options.all) return answer(null, addresses);
    const [first] = addresses;
    answer(null, first!.address, first!.family);
  });
};
