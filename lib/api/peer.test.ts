import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { isLoopback, peerOf, watchPeers } from './peer';

/** What a server in this process sees of a request with these headers. */
async function received(headers: Record<string, string>): Promise<Headers> {
  let seen: IncomingHttpHeaders = {};
  const server = createServer((request, response) => {
    seen = request.headers;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { headers });
  await new Promise((resolve) => server.close(resolve));
  return new Headers(seen as Record<string, string>);
}

test('the peer is unknown where nobody watches, whatever a header says', () => {
  expect(peerOf(new Headers({ 'x-crossvault-peer': '127.0.0.1' }), 0)).toBeNull();
});

test("the peer is the socket's address, over what the caller claims", async () => {
  watchPeers();
  const headers = await received({ 'x-crossvault-peer': '203.0.113.9', 'x-forwarded-for': '203.0.113.9' });
  expect(peerOf(headers, 0)).toBe('127.0.0.1');
});

test('behind proxies it is what the outermost trusted one saw, and nothing further left', async () => {
  const headers = await received({ 'x-forwarded-for': '203.0.113.9, 198.51.100.7, 192.0.2.1' });
  expect(peerOf(headers, 1)).toBe('192.0.2.1');
  expect(peerOf(headers, 2)).toBe('198.51.100.7');
  expect(peerOf(await received({}), 1)).toBe('127.0.0.1');
});

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['10.0.0.1', false],
  ['127.0.0.1.evil', false],
  ['', false],
  [null, false],
])('%s is loopback: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});
