import { createHash } from 'node:crypto';
import { Agent, type AgentOptions, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { CrossvaultError } from '@/lib/errors';
import { ByteConnections } from './byte-connections';

const pinText = /^(?:sha256:)?((?:[0-9a-f]{2}:?){31}[0-9a-f]{2})$/i;

/** Reads `sha256:HEX`, with or without the prefix and colons. @returns 64 lower-case hex digits. */
export function parsePin(text: string): string {
  const match = pinText.exec(text.trim());
  if (!match)
    throw new CrossvaultError(
      'invalid_input',
      'The pin must be "sha256:" and 64 hex digits. Copy it from the Clients page.',
      { fields: { pin: 'Not a SHA-256 fingerprint.' } },
    );
  return match[1]!.replaceAll(':', '').toLowerCase();
}

export class PinMismatchError extends CrossvaultError {
  constructor(server: string, expected: string, found: string) {
    super(
      'unauthenticated',
      `The server at ${server} showed another certificate than the pinned one (expected sha256:${expected}, found sha256:${found}). ` +
        'Nothing was sent to it. If the certificate was replaced on purpose, enrol this host again with the new pin.',
      { reason: 'certificate_changed' },
    );
  }
}

/**
 * Connections of this agent carry not one byte until the certificate's SHA-256 equals the pin. The pin stands in for
 * certificate authorities, host names and dates, so a self-signed certificate is enough.
 */
export class PinnedAgent extends Agent {
  /** For answers of many bytes. */
  readonly bytes = new ByteConnections((options, done) => connectPinned(this.pin, options, done));

  constructor(
    private readonly pin: string,
    options: AgentOptions = {},
  ) {
    super({ keepAlive: true, maxSockets: 8, maxCachedSessions: 0, ...options });
  }

  override createConnection(
    options: RequestOptions,
    done?: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    connectPinned(this.pin, options as ConnectionOptions, (error, socket) =>
      done?.(error, socket as unknown as Duplex),
    );
    // Nothing is handed over before the check.
    return undefined;
  }

  override destroy(): void {
    this.bytes.close();
    super.destroy();
  }
}

/** @param done is called once, with a connection whose other side has shown the pinned certificate, or with why not. */
function connectPinned(
  pin: string,
  options: ConnectionOptions,
  done: (error: Error | null, socket: TLSSocket | null) => void,
): void {
  const host = options.host ?? 'localhost';
  // Authority checks are off because the pin below is stricter: exactly one certificate is right.
  const socket = connect({
    ...options,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: false,
    servername: isIP(host) ? '' : host,
    session: undefined,
  });
  const fail = (error: Error) => done(error, null);
  socket.once('error', fail);
  socket.once('secureConnect', () => {
    const found = fingerprint(socket);
    socket.removeListener('error', fail);
    if (found !== pin) {
      socket.on('error', () => {});
      socket.destroy();
      fail(new PinMismatchError(`${host}:${options.port}`, pin, found));
      return;
    }
    done(null, socket);
  });
}

function fingerprint(socket: TLSSocket): string {
  const { raw } = socket.getPeerCertificate();
  return createHash('sha256')
    .update(raw ?? '')
    .digest('hex');
}
