import type { Command } from 'commander';
import { enrol } from '../enrol';
import { configOption, folderOf } from './context';

interface Options {
  server: string;
  token?: string;
  pin: string;
  name?: string;
  replace?: boolean;
}

export function registerEnrol(program: Command): void {
  program
    .command('enrol')
    .description('join this host to an account with a one-use token')
    .requiredOption('--server <url>', "the gateway's address, https://host:port")
    .requiredOption('--pin <fingerprint>', "SHA-256 of the gateway's certificate, sha256:HEX")
    .option('--token <token>', 'the token; "-" or nothing reads CROSSVAULT_ENROL_TOKEN, then standard input')
    .option('--name <name>', 'how the console shows this client (default: the host name)')
    .option('--replace', 'take the place of an enrolment that is there')
    .option(...configOption)
    .action(async (options: Options, command: Command) => {
      const folder = folderOf(command);
      const { server, pin, name, replace } = options;
      const token = await readToken(options.token);
      const enrolment = await enrol(folder, { server, pin, name, token, shouldReplace: replace });
      process.stdout.write(
        `Enrolled as "${enrolment.name}" in account ${enrolment.accountName} (${enrolment.accountId}), region ${enrolment.region}.\n` +
          `The credential is in ${folder.path}. Start "crossvault daemon" to take jobs from the console.\n`,
      );
    });
}

/** Not from the command line alone: there it stays in the shell's history. */
async function readToken(given?: string): Promise<string> {
  if (given && given !== '-') return given;
  const fromEnv = process.env.CROSSVAULT_ENROL_TOKEN;
  if (fromEnv) return fromEnv;
  if (process.stdin.isTTY) process.stderr.write('Token: ');
  let text = '';
  for await (const piece of process.stdin) {
    text += piece;
    if (text.includes('\n') || text.length > 1000) break;
  }
  return text.split('\n')[0] ?? '';
}
