import { parseArgs } from 'node:util';
import { CrossvaultError } from '@/lib/errors';
import type { BackintFunction } from './requests';

export const levels = ['COMPLETE', 'DIFFERENTIAL', 'INCREMENTAL', 'LOG'] as const;
export type Level = (typeof levels)[number];

export interface BackintOptions {
  fn: BackintFunction;
  /** `<database>@<SID>`: whose backups it is about. */
  user: string;
  database: string;
  sid: string;
  parameterFile: string;
  input: string | null;
  output: string | null;
  backupId: string | null;
  objectCount: number | null;
  level: Level;
}

const functions: readonly BackintFunction[] = ['backup', 'restore', 'inquire', 'delete'];

/** What HANA calls the agent with; null when only the version is asked for. @throws `invalid_input`. */
export function readOptions(args: string[]): BackintOptions | null {
  const { f, u, p, i, o, s, c, l, v, V } = parse(args);
  if (v || V) return null;
  const fn = functions.find((known) => known === f);
  if (!fn) throw refused(`-f is one of ${functions.join(', ')}`);
  const named = /^([^@\s/]{1,127})@([A-Z][A-Z0-9]{2})$/.exec(u ?? '');
  if (!named) throw refused('-u is <database>@<SID>');
  if (!p)
    throw refused('-p names the parameter file; set the *_backup_parameter_file parameters in global.ini');
  const level = levels.find((known) => known === (l ?? 'COMPLETE').toUpperCase());
  if (!level) throw refused(`-l is one of ${levels.join(', ')}`);
  if (c !== undefined && !/^[0-9]{1,9}$/.test(c)) throw refused('-c is a number of objects');
  return {
    fn,
    user: named[0]!,
    database: named[1]!,
    sid: named[2]!,
    parameterFile: p,
    input: i ?? null,
    output: o ?? null,
    backupId: s ?? null,
    objectCount: c === undefined ? null : Number(c),
    level,
  };
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const word = (short: string) => ({ ...text, short });
  const flag = (short: string) => ({ type: 'boolean', short }) as const;
  try {
    const options = {
      ...{ f: word('f'), u: word('u'), p: word('p'), i: word('i'), o: word('o') },
      ...{ s: word('s'), c: word('c'), l: word('l'), v: flag('v'), V: flag('V') },
    };
    return parseArgs({ args, options }).values;
  } catch (cause) {
    throw refused((cause as Error).message);
  }
}

function refused(why: string): CrossvaultError {
  return new CrossvaultError('invalid_input', `hdbbackint cannot be called like this: ${why}.`);
}
