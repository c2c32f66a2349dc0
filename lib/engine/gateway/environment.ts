import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Clock } from '@/lib/clock';
import type { VaultEnvironment } from '../vaults';
import type { BackupSessions } from './backup-sessions';
import type { FairShare } from './fair-share';
import type { JobBell } from './job-bell';
import type { GatewayMetrics } from './metrics';
import type { RestoreSessions } from './restore-sessions';

/** What the gateway's routes work with. */
export interface GatewayEnvironment extends VaultEnvironment {
  clock: Clock;
  log: Logger;
  metrics: GatewayMetrics;
  /** Byte work passes here, one bounded step at a time. */
  share: FairShare;
  backups: BackupSessions;
  restores: RestoreSessions;
  bell: JobBell;
  /** Shared with the web server; signs what it asks. */
  internalSecret: Uint8Array;
}

/** One request being answered. */
export interface Exchange {
  env: GatewayEnvironment;
  request: IncomingMessage;
  response: ServerResponse;
  params: Readonly<Record<string, string>>;
  log: Logger;
}

export interface Route {
  method: 'GET' | 'POST';
  /** Segments; those that start with `:` are parameters. */
  path: string;
  handle(exchange: Exchange): Promise<void>;
}
