import { chmod, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { CrossvaultError } from '@/lib/errors';
import { agentPath, parameterFileOf } from '../sources/hana/adapter';
import { configOption, folderOf } from './context';

interface Options {
  sid: string;
  instance?: string;
  vault?: string;
}

/** `crossvault hana setup`: writes the agent's wrapper and parameter file, and says what is left for HANA's own administrator. */
export function registerHana(program: Command): void {
  const hana = program.command('hana').description('the Backint agent of an SAP HANA instance on this host');
  hana
    .command('setup')
    .description('set the agent up for one instance; run it as <sid>adm')
    .requiredOption('--sid <SID>', 'system id of the instance', parseSid)
    .option('--instance <id>', 'of the registered instance, where this client serves several of one SID')
    .option('--vault <id or name>', 'where backups go (needed when the account has several that take them)')
    .option(...configOption)
    .action(async (options: Options, command: Command) => {
      process.stdout.write(await setUp(options, command));
    });
  for (const sub of hana.commands) sub.exitOverride().showHelpAfterError();
}

async function setUp({ sid, instance, vault }: Options, command: Command): Promise<string> {
  const folder = folderOf(command);
  await folder.getEnrolment();
  const agent = fileURLToPath(new URL('./hdbbackint.js', import.meta.url));
  if (!(await stat(agent).catch(() => null)))
    throw new CrossvaultError('not_found', `${agent} is not there. It is installed beside this command.`);
  await folder.prepare('hana');
  const wrapper = folder.file('hana', 'hdbbackint');
  await writeFile(wrapper, `#!/bin/sh\nexec ${shell(process.execPath)} ${shell(agent)} "$@"\n`);
  await chmod(wrapper, 0o755);
  const parameters = parameterFileOf(folder, sid);
  const isNew = !(await stat(parameters).catch(() => null));
  if (isNew)
    await writeFile(parameters, parameterText(folder.path, { sid, instance, vault }), { mode: 0o600 });
  return [
    `The agent is ${wrapper}.`,
    `Its parameter file is ${parameters}${isNew ? '' : ', which was there already and was not changed'}.`,
    '',
    'Let HANA find the agent:',
    `  ln -sf ${shell(wrapper)} ${shell(agentPath(sid))}`,
    '',
    'And let it use it, in global.ini, section [backup]:',
    ...['data', 'log', 'catalog'].flatMap((kind) => [
      `  ${kind}_backup_using_backint = true`,
      `  ${kind}_backup_parameter_file = ${parameters}`,
    ]),
    '',
  ].join('\n');
}

function parameterText(clientFolder: string, { sid, instance, vault }: Options): string {
  return [
    '# Of the Crossvault Backint agent. Read with every call.',
    `instance = ${instance ?? sid}`,
    vault ? `vault = ${vault}` : '# vault = v-…',
    `client_dir = ${clientFolder}`,
    '# parallel = 64',
    '# pipe_timeout_seconds = 600',
    '# Run when the console has prepared a recovery, with the statements on its standard input:',
    '# recover_command = /usr/sap/HXE/home/recover.sh',
    '',
  ].join('\n');
}

function parseSid(text: string): string {
  if (/^[A-Z][A-Z0-9]{2}$/.test(text)) return text;
  throw new InvalidArgumentError('Three capital letters or digits, beginning with a letter.');
}

function shell(path: string): string {
  return /^[A-Za-z0-9_./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
