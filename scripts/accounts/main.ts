import { parseArgs } from 'node:util';
import type { Database } from '@/db/client';
import { type AccountState, accountStates, describeState } from '@/lib/account-states';
import { listAccounts, setAccountState } from '@/lib/accounts';
import { readEnv } from '@/lib/env';
import { CrossvaultError } from '@/lib/errors';
import { loadRegions } from '@/lib/regions';
import { connectAsOwner } from '../operator/connect';
import { Problem } from '../setup/problem.mjs';

const usage = `Use: npm run accounts -- list
     npm run accounts -- set-state <account id> <${accountStates.join(' | ')}> --reason "…"`;

/** `npm run accounts`: what the operator of the installation decides about its accounts. @throws Problem. */
export async function run(args: string[]): Promise<void> {
  const command = parse(args);
  const env = readEnv();
  loadRegions(env);
  const owner = await connectAsOwner(env, 'crossvault-accounts');
  try {
    await command(owner);
  } catch (error) {
    throw error instanceof CrossvaultError ? new Problem(error.message) : error;
  } finally {
    await owner.$client.end({ timeout: 5 });
  }
}

function parse(args: string[]): (owner: Database) => Promise<void> {
  const { positionals, values } = readArgs(args);
  const [command, accountId, wanted] = positionals;
  if (command === 'list' && positionals.length === 1) return list;
  if (command !== 'set-state' || !accountId || positionals.length !== 3) throw new Problem(usage);
  const state = accountStates.find((known) => known === wanted);
  if (!state) throw new Problem(`A state is one of ${accountStates.join(', ')}. Nothing was changed.`);
  const { reason } = values;
  if (!reason) throw new Problem('Give the reason with --reason "…": the account reads it.');
  return (owner) => setState(owner, accountId, state, reason);
}

function readArgs(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { reason: { type: 'string' } } });
  } catch {
    throw new Problem(usage);
  }
}

async function list(owner: Database): Promise<void> {
  const rows = await listAccounts(owner);
  const lines = rows.map(({ accountId, name, state, users, vaults }) =>
    [accountId, state.padEnd(9), `${users} users`.padStart(9), `${vaults} vaults`.padStart(10), name].join(
      '  ',
    ),
  );
  console.log(lines.length > 0 ? lines.join('\n') : 'There is no account yet.');
}

async function setState(
  owner: Database,
  accountId: string,
  state: AccountState,
  reason: string,
): Promise<void> {
  const { name, before } = await setAccountState(owner, { accountId, state, reason });
  console.log(
    `${name} (${accountId}) was ${before} and is ${state} now. Its audit and its notifications say so.`,
  );
  if (state === 'active') return;
  const { stopped, goesOn } = describeState(state);
  console.log(`${stopped} ${goesOn}`);
}
