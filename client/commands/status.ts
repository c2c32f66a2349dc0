import type { Command } from 'commander';
import { VaultList } from '@/lib/engine/wire';
import { CrossvaultError } from '@/lib/errors';
import { formatAge } from '../format';
import { connectEnrolled } from '../net/connect';
import { isHeld, listHeld } from '../process-mark';
import { clientVersion } from '../version';
import { configOption, folderOf } from './context';

const checkMs = 5000;

export function registerStatus(program: Command): void {
  program
    .command('status')
    .description('show who this host is enrolled as, and whether the gateway answers')
    .option('--json', 'for machines')
    .option(...configOption)
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const folder = folderOf(command);
      const { server, accountId, accountName, clientId, name, region, pin } = await folder.getEnrolment();
      const lastContactAt = await folder.findLastContact();
      const isDaemonRunning = await isHeld(folder.file('daemon'));
      const backups = await listHeld(folder.file('running'));
      const trouble = await findTrouble(folder);
      if (json) {
        const state = {
          server,
          pin,
          accountId,
          accountName,
          clientId,
          name,
          region,
          lastContactAt,
          isDaemonRunning,
        };
        process.stdout.write(
          `${JSON.stringify({ ...state, version: clientVersion, reachable: trouble === null, trouble })}\n`,
        );
        return;
      }
      const lines = [
        ['Client', `${name} (${clientId}), version ${clientVersion}`],
        ['Account', `${accountName} (${accountId})`],
        ['Region', region],
        ['Gateway', `${server}, ${trouble === null ? 'answers' : trouble}`],
        ['Pin', `sha256:${pin}`],
        [
          'Daemon',
          isDaemonRunning ? 'running' : 'not running: jobs from the console wait until it is started',
        ],
        ['Last contact', lastContactAt ? formatAge(lastContactAt, new Date()) : 'never'],
        ...(backups.length > 0 ? [['Backups here', backups.join(', ')]] : []),
      ];
      process.stdout.write(lines.map(([label, value]) => `${label!.padEnd(14)}${value}\n`).join(''));
    });
}

/** Null when the gateway takes this host's credential. */
async function findTrouble(folder: ReturnType<typeof folderOf>): Promise<string | null> {
  const gateway = await connectEnrolled(folder);
  try {
    await gateway.getJson('/v1/vaults', VaultList, AbortSignal.timeout(checkMs));
    await folder.saveLastContact(new Date());
    return null;
  } catch (error) {
    return error instanceof CrossvaultError ? error.message : 'does not answer';
  } finally {
    gateway.close();
  }
}
