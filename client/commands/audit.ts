import { createPublicKey, type KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { type SignedHead, verifyExport } from '@/lib/audit/verify-chain';
import { CrossvaultError } from '@/lib/errors';

interface VerifyFlags {
  key?: string;
  since?: string;
  from?: string;
  accessKeyFile?: string;
}

/** `crossvault audit verify`: checks an audit export, with nothing but the file and the public key. */
export function registerAudit(program: Command): void {
  const audit = program
    .command('audit')
    .description('Check what an installation says was done in an account');
  audit
    .command('verify')
    .description('Check hashes, order, gaps and signature of a signed audit export')
    .argument('[export file]', 'what the Audit page downloads as signed export')
    .option('--key <public key file>', 'the installation’s public key, kept from before')
    .option('--since <earlier export>', 'an export that was kept: the audit must go on from it unchanged')
    .option('--from <console url>', 'check the audit as the console has it now, with an access key')
    .option('--access-key-file <file>', 'holds the access key (default: CROSSVAULT_ACCESS_KEY)')
    .action(runVerify);
}

async function runVerify(file: string | undefined, flags: VerifyFlags): Promise<void> {
  const publicKey = flags.key ? await loadPublicKey(flags.key) : undefined;
  const earlier = flags.since ? await checkEarlier(flags.since, publicKey) : undefined;
  const lines = await openExport(file, flags);
  const { accountId, rows, head, isKeyGiven } = await verifyExport(lines, { publicKey, earlier });
  console.log(
    `The audit of account ${accountId} is sound: ${rows} rows, signed ${head.signedAt} by key ${head.keyId}.`,
  );
  if (earlier) console.log(`It goes on from row ${earlier.seq} of the earlier export.`);
  if (!isKeyGiven)
    console.error(
      'The signature was checked against the key that the file names. Give the key you kept with --key to know whose it is.',
    );
}

async function openExport(file: string | undefined, flags: VerifyFlags): Promise<AsyncIterable<string>> {
  if (flags.from && !file) return fetchExport(flags.from, await readAccessKey(flags.accessKeyFile));
  if (file && !flags.from) return readLines(file);
  throw new CrossvaultError(
    'invalid_input',
    'Give either an export file or --from with the address of the console.',
  );
}

async function checkEarlier(file: string, publicKey?: KeyObject): Promise<SignedHead> {
  try {
    return (await verifyExport(readLines(file), { publicKey })).head;
  } catch (error) {
    if (!(error instanceof CrossvaultError)) throw error;
    throw new CrossvaultError(error.code, `The earlier export: ${error.message}`, { cause: error });
  }
}

async function* readLines(path: string): AsyncGenerator<string> {
  const input = createReadStream(path, 'utf8');
  try {
    await new Promise((resolve, reject) => input.once('open', resolve).once('error', reject));
  } catch (cause) {
    throw new CrossvaultError('not_found', `The file ${path} cannot be read.`, { cause });
  }
  yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
}

async function loadPublicKey(path: string): Promise<KeyObject> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new CrossvaultError('not_found', `The public key ${path} cannot be read.`, { cause });
  });
  try {
    const key = createPublicKey(text);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw new CrossvaultError('invalid_input', `${path} holds no public key.`, { cause });
  }
  throw new CrossvaultError('invalid_input', `${path} holds another kind of key than Ed25519.`);
}

async function readAccessKey(path: string | undefined): Promise<string> {
  const secret = path
    ? await readFile(path, 'utf8').catch((cause) => {
        throw new CrossvaultError('not_found', `The access key ${path} cannot be read.`, { cause });
      })
    : process.env.CROSSVAULT_ACCESS_KEY;
  if (secret?.trim()) return secret.trim();
  throw new CrossvaultError(
    'invalid_input',
    'Give an access key with --access-key-file or CROSSVAULT_ACCESS_KEY.',
  );
}

async function* fetchExport(origin: string, accessKey: string): AsyncGenerator<string> {
  const response = await fetch(exportAddress(origin), {
    headers: { authorization: `Bearer ${accessKey}` },
  }).catch((cause: unknown) => {
    throw new CrossvaultError('unavailable', `${origin} does not answer.`, { cause });
  });
  if (!response.ok || !response.body)
    throw new CrossvaultError(
      response.status === 401 || response.status === 403 ? 'forbidden' : 'unavailable',
      `${origin} refused the export (${response.status}): ${await messageOf(response)}`,
    );
  let rest = '';
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest) yield rest;
}

/** An access key is sent over TLS, or to this machine. */
function exportAddress(origin: string): URL {
  const url = URL.parse('/api/v1/audit-events/signed-export', origin);
  const isLocal = url && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLocal))) return url;
  throw new CrossvaultError('invalid_input', '--from is the https address of the console.');
}

async function messageOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
  return body?.error?.message ?? 'no reason was given.';
}
