import { resolve } from 'node:path';
import type { Command } from 'commander';
import { backUpHere, type HereOptions, parseDays } from './back-up-here';
import { configOption, folderOf } from './context';

interface Options extends HereOptions {
  exclude: string[];
  retentionDays: number;
}

export function registerBackup(program: Command): void {
  program
    .command('backup')
    .description('back up files and folders of this host now')
    .argument('<paths...>', 'folders or files')
    .option('--vault <id or name>', 'where to (needed when the account has several)')
    .option(
      '--exclude <pattern>',
      'leave out what matches; may be given again',
      (one, all: string[]) => [...all, one],
      [],
    )
    .option('--retention-days <days>', 'how long the backup point is kept', parseDays, 30)
    .option('--json', 'progress and result as JSON lines')
    .option(...configOption)
    .action(async (paths: string[], options: Options, command: Command) => {
      const { exclude: excludes, retentionDays } = options;
      const spec = { paths: paths.map((path) => resolve(path)), excludes, retentionDays };
      process.exitCode = await backUpHere(folderOf(command), 'local_file', spec, options);
    });
}
