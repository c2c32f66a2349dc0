import { parseArgs } from 'node:util';
import type { Database } from '@/db/client';
import { systemClock } from '@/lib/clock';
import { describeMount } from '@/lib/engine/core/posix/mounts';
import { readEnv } from '@/lib/env';
import { CrossvaultError } from '@/lib/errors';
import {
  addFileSystem,
  checkFileSystems,
  listRegisteredFileSystems,
  removeFileSystem,
} from '@/lib/file-systems';
import { FileSystemKind } from '@/lib/file-systems/schemas';
import { loadRegions } from '@/lib/regions';
import { connectAsOwner } from '../operator/connect';
import { Problem } from '../setup/problem.mjs';

const usage = `Use: npm run file-systems -- list
     npm run file-systems -- check
     npm run file-systems -- add --account <id> --region <region> --kind <nas | cpfs> --name "…" --mount <folder>
     npm run file-systems -- remove <file system id>`;

type Command = (owner: Database) => Promise<void>;

/** `npm run file-systems`: which mounted file systems which accounts may back up. @throws Problem. */
export async function run(args: string[]): Promise<void> {
  const command = parse(args);
  const env = readEnv();
  loadRegions(env);
  const owner = await connectAsOwner(env, 'crossvault-file-systems');
  try {
    await command(owner);
  } catch (error) {
    throw error instanceof CrossvaultError ? new Problem(error.message) : error;
  } finally {
    await owner.$client.end({ timeout: 5 });
  }
}

function parse(args: string[]): Command {
  const { positionals, values } = readArgs(args);
  const [command, id] = positionals;
  if (command === 'list' && positionals.length === 1) return list;
  if (command === 'check' && positionals.length === 1) return check;
  if (command === 'remove' && id && positionals.length === 2) return (owner) => remove(owner, id);
  if (command === 'add' && positionals.length === 1) return parseAdd(values);
  throw new Problem(usage);
}

function parseAdd({ account, region, kind, name, mount }: ReturnType<typeof readArgs>['values']): Command {
  const parsed = FileSystemKind.safeParse(kind);
  if (!account || !region || !name || !mount || !parsed.success) throw new Problem(usage);
  const wanted = { accountId: account, region, kind: parsed.data, name, mountPath: mount };
  return async (owner) => {
    const { id } = await addFileSystem(owner, wanted);
    console.log(`${id}  ${name} is registered for the account ${account}, which has been told.`);
    console.log('Mount it at the same folder on every machine that runs an engine.');
  };
}

function readArgs(args: string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { account: text, region: text, kind: text, name: text, mount: text },
    });
  } catch {
    throw new Problem(usage);
  }
}

async function list(owner: Database): Promise<void> {
  const rows = await listRegisteredFileSystems(owner);
  if (rows.length === 0) console.log('No file system is registered yet.');
  for (const { id, accountId, region, kind, mountPath, name } of rows)
    console.log([id, accountId, region, kind.padEnd(4), mountPath, name].join('  '));
}

/** @throws Problem when one of them is not as it was registered. */
async function check(owner: Database): Promise<void> {
  const checked = await checkFileSystems(owner, systemClock);
  for (const { row, problem } of checked) {
    const { fsType, fsSource: source, fsRoot: root, fsId } = row;
    const found = problem ?? `mounted: ${describeMount({ fsType, source, root, fsId })}`;
    console.log(`${row.id}  ${row.mountPath}  ${found}`);
  }
  const broken = checked.filter(({ problem }) => problem !== null).length;
  if (broken > 0) throw new Problem(`${broken} of ${checked.length} cannot be backed up as they are.`);
  console.log(`${checked.length} checked.`);
}

async function remove(owner: Database, id: string): Promise<void> {
  const { name } = await removeFileSystem(owner, id);
  console.log(`${name} is no longer registered. Its backups stay, and nothing on it was touched.`);
}
