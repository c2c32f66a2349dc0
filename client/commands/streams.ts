import { type Command, InvalidArgumentError } from 'commander';
import { StreamSource, streamPath } from '@/lib/jobs/schemas';
import { imageInput } from '../backup/image-archive';
import { commandInput, fileInput, type StreamInput, standardInput } from '../backup/stream-input';
import { backUpHere, type HereOptions, parseDays } from './back-up-here';
import { configOption, folderOf } from './context';

interface Options extends HereOptions {
  name: string;
  retentionDays: number;
  keepFailed?: boolean;
}

/** `crossvault dump`: what a database's own command writes, or what is piped in, as one stream. */
export function registerDump(program: Command): void {
  withStreamOptions(
    program
      .command('dump')
      .description(
        'back up a database dump: what a command after -- writes, or what is piped in. A stream that breaks off starts again from its beginning.',
      )
      .argument('[command...]', 'the command and its arguments, after --'),
    'what the database is called',
  )
    .option('--keep-failed', 'make the backup point even if the command fails')
    .action(async (words: string[], options: Options, command: Command) => {
      const [file, ...args] = words;
      const isKept = options.keepFailed ?? false;
      const input = file ? commandInput([file, ...args], isKept) : standardInput(process.stdin);
      process.exitCode = await backUpStream(command, 'database_dump', options, input);
    });
}

/** `crossvault image`: an archive of `docker save` or an OCI layout, checked while it is read. */
export function registerImage(program: Command): void {
  withStreamOptions(
    program
      .command('image')
      .description('back up a container image: an archive of docker save, or an OCI image layout as tar')
      .argument('<file>', 'the archive, or - for standard input'),
    'what the image is called',
  ).action(async (file: string, options: Options, command: Command) => {
    const bytes = file === '-' ? standardInput(process.stdin) : await fileInput(file);
    process.exitCode = await backUpStream(command, 'container_image', options, imageInput(bytes));
  });
}

function withStreamOptions(command: Command, nameHelp: string): Command {
  return command
    .requiredOption('--name <name>', nameHelp, parseName)
    .option('--vault <id or name>', 'where to (needed when the account has several that take it)')
    .option('--retention-days <days>', 'how long the backup point is kept', parseDays, 30)
    .option('--json', 'progress and result as JSON lines')
    .option(...configOption);
}

function backUpStream(
  command: Command,
  kind: StreamSource['kind'],
  options: Options,
  input: StreamInput,
): Promise<number> {
  const stream = { kind, name: options.name };
  const spec = { paths: [streamPath(stream)], excludes: [], retentionDays: options.retentionDays, stream };
  return backUpHere(folderOf(command), kind, spec, options, input);
}

function parseName(text: string): string {
  const parsed = StreamSource.shape.name.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? 'Not a name.');
}
