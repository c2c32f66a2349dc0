import { relative } from 'node:path';
import type { Env } from '@/lib/env';
import type { SignIn } from '../demo/seed';

/** What the person who started it needs to know, once everything serves. */
export function announce(
  env: Env,
  webUrl: string,
  databaseFolder: string | undefined,
  signIns: SignIn[],
  seconds: number,
): void {
  console.log(`\nCrossvault is ready after ${seconds.toFixed(1)} s.\n`);
  console.log(`  Console   ${webUrl}`);
  console.log(`  Gateway   ${env.gatewayUrl}`);
  console.log(`  Data      ${env.dataFolder}`);
  if (databaseFolder && !databaseFolder.startsWith(env.dataFolder))
    console.log(`  Database  ${databaseFolder}`);
  if (signIns.length > 0) console.log(`\n${table(signIns)}`);
  console.log('\nPress Ctrl-C to stop.');
}

/** Said once, when the key is made: without a copy elsewhere the loss of this folder is the loss of every backup. */
export function announceServiceKey(file: string): void {
  const shown = relative(process.cwd(), file) || file;
  console.log(
    `\nA service key was made in ${shown}. It opens every vault of this installation that has no key of its`,
  );
  console.log(
    'own. Keep a copy of that file somewhere else: without it the data folder cannot be restored from.\n',
  );
}

function table(signIns: SignIn[]): string {
  const rows = signIns.map(({ account, accountId, email, password, role }) => [
    `${account} (${accountId})`,
    email,
    password,
    role,
  ]);
  const all = [['Account', 'Sign-in', 'Password', 'Role'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd())
    .join('\n');
}
