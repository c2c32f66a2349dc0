import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

const peerHeader = 'x-crossvault-peer';
const watching = Symbol.for('crossvault.peer');

/**
 * Writes the address at the other end of the socket into each request of this process, over anything the caller sent.
 * A route handler cannot see the socket, and X-Forwarded-For is the caller's to invent.
 */
export function watchPeers(): void {
  const state = globalThis as { [watching]?: boolean };
  if (state[watching]) return;
  state[watching] = true;
  subscribe('http.server.request.start', (message) => {
    const { request, socket } = message as { request: IncomingMessage; socket: Socket };
    request.headers[peerHeader] = socket.remoteAddress ?? '';
  });
}

/**
 * Who sends this request: the socket's address, or behind `trustedProxies` the one that the outermost of them saw.
 * Null where the process does not watch its sockets.
 */
export function peerOf(headers: Headers, trustedProxies: number): string | null {
  if (!(globalThis as { [watching]?: boolean })[watching]) return null;
  const socketAddress = headers.get(peerHeader) || null;
  if (trustedProxies === 0) return plain(socketAddress);
  const hops = (headers.get('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim());
  return plain(hops.at(-trustedProxies) || socketAddress);
}

export function isLoopback(address: string | null): boolean {
  return address === '::1' || /^127(\.\d{1,3}){3}$/.test(address ?? '');
}

const plain = (address: string | null) => address?.replace(/^::ffff:/, '') ?? null;
