import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CrossvaultError } from '@/lib/errors';

/**
 * What the parameter file says, one `key = value` a line, `#` before a remark. It belongs to the host: nothing in it can be
 * set from the console.
 */
const Parameters = z.strictObject({
  /** The registered instance: its id, or its SID when this client has one instance of it. */
  instance: z.string().min(1),
  /** Where backups go: id or name. Restoring needs none. */
  vault: z.string().min(1).optional(),
  /** The client folder with the enrolment. */
  client_dir: z.string().startsWith('/', 'It is an absolute path.').optional(),
  /** How many objects are read or written at a time. */
  parallel: z.coerce.number().int().min(1).max(128).default(64),
  /** How long the other end of a pipe may take to open it. */
  pipe_timeout_seconds: z.coerce.number().int().min(1).max(86_400).default(600),
  /** Run on this host when the console has prepared a recovery, with the statements on its standard input. */
  recover_command: z.string().startsWith('/', 'It is an absolute path.').optional(),
});
export type Parameters = z.infer<typeof Parameters>;

/** @throws `invalid_input` that names the file and what is wrong in it. */
export async function readParameters(path: string): Promise<Parameters> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new CrossvaultError('invalid_input', `The parameter file ${path} cannot be read (${cause.code}).`, {
      cause,
    });
  });
  const parsed = Parameters.safeParse(toPairs(path, text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue!.path.join('.') || (issue!.code === 'unrecognized_keys' ? issue!.keys.join(', ') : '');
  throw new CrossvaultError(
    'invalid_input',
    `The parameter file ${path} is not usable: ${where}: ${issue!.message}`,
  );
}

function toPairs(path: string, text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const pair = /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (!pair || pair[1]! in pairs) {
      const why = pair ? `${pair[1]} stands there twice` : 'it is not "key = value"';
      throw new CrossvaultError('invalid_input', `The parameter file ${path}, line ${i + 1}: ${why}.`);
    }
    pairs[pair[1]!] = pair[2]!;
  }
  return pairs;
}
