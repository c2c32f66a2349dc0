import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createTestCertificate } from '@/client/testing/certificate';
import { lookupPublic } from '@/lib/engine/core/store/s3/address-guard';
import { PlainRequests } from './plain-requests';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void,
  { silenceMs = 5000, guarded = false, tls = null as { key: string; cert: string } | null } = {},
) {
  const sockets = new Set<Socket>();
  const seen: IncomingMessage[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    seen.push(request);
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    answer(request, response, Buffer.concat(parts));
  };
  const server = tls ? createTlsServer(tls, handle) : createServer(handle);
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const requests = new PlainRequests({
    base: new URL(`${tls ? 'https' : 'http'}://localhost:${port}/bucket`),
    signer: { region: 'r', accessKeyId: 'id', secretAccessKey: 'secret' },
    silenceMs,
    now: () => new Date(),
    ...(guarded && { lookup: lookupPublic }),
  });
  cleanups.push(() => requests.close());
  cleanups.push(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  const ask = (key: string, body?: Buffer, headers = {}, signal = new AbortController().signal) => {
    const place = (_: unknown, length: number) => Buffer.alloc(length);
    return requests.ask({ method: body ? 'PUT' : 'GET', key, headers, body, place }, signal);
  };
  return { ask, seen, sockets };
}

const echo = (request: IncomingMessage, response: ServerResponse, body: Buffer) => {
  const text = Buffer.from(`${request.method} ${request.url} ${body.length}`);
  response.writeHead(200, { 'content-length': text.length }).end(text);
};

test('requests follow each other on one connection, and several at a time have one each', async () => {
  const { ask, sockets } = await serve(echo);
  for (const [key, body] of [
    ['a/ b', undefined],
    ['c', Buffer.alloc(3_000_000)],
    ['d', Buffer.alloc(0)],
  ] as const) {
    const answer = await ask(key, body);
    const path = `/bucket/${key.replace(' ', '%20')}`;
    expect(answer!.body.toString()).toBe(`${body ? 'PUT' : 'GET'} ${path} ${body?.length ?? 0}`);
  }
  expect(sockets.size).toBe(1);
  await Promise.all([ask('e'), ask('f'), ask('g')]);
  expect(sockets.size).toBe(3);
});

test('a connection that the server closes is not used again', async () => {
  const { ask, sockets } = await serve((request, response, body) => {
    response.setHeader('connection', 'close');
    echo(request, response, body);
  });
  expect(await ask('a')).not.toBeNull();
  expect(await ask('b')).not.toBeNull();
  expect(sockets.size).toBe(2);
});

test.each([
  ['refuses', (response: ServerResponse) => response.writeHead(403, { 'content-length': 2 }).end('no')],
  [
    'redirects',
    (response: ServerResponse) => response.writeHead(307, { location: '/', 'content-length': 0 }).end(),
  ],
  ['does not tell the length', (response: ServerResponse) => response.write('a', () => response.end('b'))],
  [
    'ends early',
    (response: ServerResponse) =>
      response.writeHead(200, { 'content-length': 9 }).write('a', () => response.destroy()),
  ],
  ['hangs up', (response: ServerResponse) => response.destroy()],
  ['says nothing', () => {}],
])('a server that %s gives no answer', async (_, answer) => {
  const { ask } = await serve((__, response) => void answer(response), { silenceMs: 300 });
  expect(await ask('a')).toBeNull();
});

test('what is not plain text is left to others, and nothing is sent', async () => {
  const { ask, seen } = await serve(echo);
  expect(await ask('a', Buffer.alloc(1), { 'content-type': 'text/\u00fc' })).toBeNull();
  expect(await ask('a', Buffer.alloc(1), { 'content-type': 'a\r\nx: y' })).toBeNull();
  expect(seen).toHaveLength(0);
});

test('a name that leads into a private network is not connected to', async () => {
  const { ask, sockets } = await serve(echo, { guarded: true });
  expect(await ask('a')).toBeNull();
  expect(sockets.size).toBe(0);
});

test('who is told to stop stops with what the signal says', async () => {
  const stop = new AbortController();
  const { ask } = await serve(() => stop.abort(new Error('enough')));
  await expect(ask('a', undefined, {}, stop.signal)).rejects.toThrow('enough');
  await expect(ask('a', undefined, {}, stop.signal)).rejects.toThrow('enough');
});

test('over TLS only a server is asked whose certificate is in order', async () => {
  const { key, cert } = await createTestCertificate('localhost');
  const { ask, seen } = await serve(echo, { tls: { key, cert } });
  expect(await ask('a')).toBeNull();
  expect(seen).toHaveLength(0);
});
