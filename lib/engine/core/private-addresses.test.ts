import { get } from 'node:http';
import { describe, expect, it, test } from 'vitest';
import { guardedLookup, isPrivateAddress, PrivateAddress, requirePublicHost } from './private-addresses';

describe('isPrivateAddress', () => {
  const privates =
    '127.0.0.1 127.8.8.8 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255 ::1 :: fe80::1 fe80::1%eth0 fd00::5 fc00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: nonsense';
  test.each(privates.split(' ').map((address) => [address]))('%s is private', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  const publics = '8.8.8.8 1.1.1.1 172.32.0.1 100.128.0.1 2606:4700:4700::1111 ::ffff:8.8.8.8';
  test.each(publics.split(' ').map((address) => [address]))('%s is public', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });
});

describe('requirePublicHost', () => {
  test.each([['localhost'], ['api.localhost'], ['127.0.0.1'], ['[::1]'], ['10.0.0.8']])(
    'refuses %s',
    (host) => {
      expect(() => requirePublicHost(host)).toThrow(PrivateAddress);
    },
  );
  it('leaves names to the check at the connection', () => {
    expect(() => requirePublicHost('hooks.example.com')).not.toThrow();
  });
});

describe('guardedLookup', () => {
  it('ends a connection to a name that leads to this machine', async () => {
    const failure = new Promise<Error>((resolve, reject) => {
      get({ host: 'localhost', port: 9, lookup: guardedLookup }, () => reject(new Error('connected'))).on(
        'error',
        resolve,
      );
    });
    expect(await failure).toBeInstanceOf(PrivateAddress);
  });
});
