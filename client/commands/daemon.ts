import type { Command } from 'commander';
import { pino } from 'pino';
import { Daemon } from '../daemon';
import { connectEnrolled } from '../net/connect';
import { alreadyRunning, ProcessMark } from '../process-mark';
import { configOption, folderOf } from './context';

export function registerDaemon(program: Command): void {
  program
    .command('daemon')
    .description('stay in touch with the gateway and run the jobs it gives; logs JSON lines')
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .option(...configOption)
    .action(async ({ logLevel }: { logLevel: string }, command: Command) => {
      const folder = folderOf(command);
      const gateway = await connectEnrolled(folder);
      const mark = await ProcessMark.take(folder.file('daemon'));
      if (!mark) throw alreadyRunning(folder.path);
      const log = pino({ name: 'crossvault-client', level: logLevel });
      const daemon = new Daemon({ folder, gateway, log });
      const stop = () => {
        // The second signal does not wait.
        process.once('SIGTERM', () => process.exit(143)).once('SIGINT', () => process.exit(130));
        log.info('stopping: running jobs come to a safe point and go on later');
        daemon.stop();
      };
      process.once('SIGTERM', stop).once('SIGINT', stop);
      try {
        await daemon.run();
      } finally {
        gateway.close();
        await mark.release();
      }
    });
}
