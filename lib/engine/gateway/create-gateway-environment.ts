import type { Logger } from 'pino';
import { type Clock, systemClock } from '@/lib/clock';
import type { VaultEnvironment } from '../vaults';
import { BackupSessions } from './backup-sessions';
import type { GatewayEnvironment } from './environment';
import { FairShare } from './fair-share';
import { JobBell } from './job-bell';
import { createMetrics } from './metrics';
import { RestoreSessions } from './restore-sessions';

/** What the gateway keeps over requests, around what the process opens vaults with. */
export function createGatewayEnvironment(
  vaults: VaultEnvironment,
  init: { log: Logger; internalSecret: Uint8Array; clock?: Clock },
): GatewayEnvironment {
  const backups = new BackupSessions(vaults);
  const restores = new RestoreSessions(vaults);
  return {
    ...vaults,
    clock: init.clock ?? systemClock,
    log: init.log,
    internalSecret: init.internalSecret,
    metrics: createMetrics({ backups: () => backups.size, restores: () => restores.size }),
    // The pool's threads seal and open; twice as many steps keep them busy while others wait for storage.
    share: new FairShare(Math.max(4, vaults.work.parallelism * 2)),
    backups,
    restores,
    bell: new JobBell(),
  };
}
