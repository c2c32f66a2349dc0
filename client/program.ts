import { Command } from 'commander';
import { registerAudit } from './commands/audit';
import { registerBackup } from './commands/backup';
import { configOption } from './commands/context';
import { registerDaemon } from './commands/daemon';
import { registerEnrol } from './commands/enrol';
import { registerHana } from './commands/hana';
import { registerRescue } from './commands/rescue';
import { registerStatus } from './commands/status';
import { registerDump, registerImage } from './commands/streams';
import { registerVaults } from './commands/vaults';
import { clientVersion } from './version';

/** The `crossvault` command. Failures are thrown, not printed: see `exit-codes.ts`. */
export function createProgram(): Command {
  const program = new Command('crossvault')
    .description('Backs up and restores the files, database dumps and container images of this host.')
    .version(clientVersion)
    .option(...configOption)
    .showHelpAfterError('(crossvault --help shows all commands)')
    .exitOverride();
  for (const register of [
    registerEnrol,
    registerDaemon,
    registerBackup,
    registerDump,
    registerImage,
    registerHana,
    registerVaults,
    registerStatus,
    registerRescue,
    registerAudit,
  ])
    register(program);
  for (const command of program.commands) command.exitOverride().showHelpAfterError();
  return program;
}
