import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import { CrossvaultError } from '@/lib/errors';

/**
 * The end of a chain under the installation's signature. The signature is over `headText`, with Ed25519; the public key
 * is a SubjectPublicKeyInfo in base64.
 */
export const SignedHead = z.object({
  accountId: z.string().regex(/^[0-9]{16}$/),
  seq: z.number().int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  signedAt: z.string(),
  keyId: z.string(),
  publicKey: z.base64(),
  signature: z.base64(),
});
export type SignedHead = z.infer<typeof SignedHead>;

const firstPrevious = '0'.repeat(64);

/** What a link's hash is taken over: `rowText` is the row's canonical text, byte for byte as it was exported. */
export function linkHash(accountId: string, seq: number, previous: string, rowText: string): string {
  return createHash('sha256')
    .update(`crossvault audit v1\n${accountId}\n${seq}\n${previous}\n${rowText}`)
    .digest('hex');
}

export function headText({
  accountId,
  seq,
  hash,
  signedAt,
}: Omit<SignedHead, 'keyId' | 'publicKey' | 'signature'>) {
  return `crossvault audit head v1\n${accountId}\n${seq}\n${hash}\n${signedAt}`;
}

/** The lines of an export. The rows between the first and the last one hold their canonical text at the end. */
export function headerLine(accountId: string, exportedAt: string): string {
  return JSON.stringify({ crossvault: 'audit', version: 1, account: accountId, exportedAt });
}
export function rowLine(link: { seq: number; previous: string; hash: string; rowText: string }): string {
  return `{"seq":${link.seq},"previous":"${link.previous}","hash":"${link.hash}","row":${link.rowText}}`;
}
export function headLine(head: SignedHead): string {
  return JSON.stringify({ head });
}

const rowPattern =
  /^\{"seq":([0-9]{1,15}),"previous":"([0-9a-f]{64})","hash":"([0-9a-f]{64})","row":(\{.*\})\}$/s;
const Header = z.object({ crossvault: z.literal('audit'), version: z.literal(1), account: z.string() });
const Footer = z.object({ head: SignedHead });

export interface Verified {
  accountId: string;
  rows: number;
  head: SignedHead;
  /** Whether the signature was checked against a key from outside the file. */
  isKeyGiven: boolean;
}

export interface VerifyOptions {
  /** The installation's public key; without it the one that the head names is taken, which proves less. */
  publicKey?: KeyObject;
  /** A head from an earlier export: this one must go on from it. */
  earlier?: Pick<SignedHead, 'accountId' | 'seq' | 'hash'>;
}

/**
 * Checks an export: every row's hash, the order, gaps, the end and the signature.
 * @throws `corrupt_data` that names the first bad row; `invalid_input` for a file that is no export.
 */
export async function verifyExport(
  lines: AsyncIterable<string>,
  options: VerifyOptions = {},
): Promise<Verified> {
  const chain = new ChainCheck(options);
  for await (const line of lines) if (line !== '') chain.take(line);
  return chain.finish();
}

class ChainCheck {
  #accountId: string | null = null;
  #seq = 0;
  #hash = firstPrevious;
  #head: SignedHead | null = null;

  constructor(private readonly options: VerifyOptions) {}

  take(line: string): void {
    if (this.#accountId === null) this.#accountId = readHeader(line);
    else if (this.#head)
      throw bad('The file goes on after its signed head: what follows is not part of the audit.');
    else if (line.startsWith('{"head":')) this.#head = readFooter(line);
    else this.#takeRow(line);
  }

  #takeRow(line: string): void {
    const expected = this.#seq + 1;
    const [, seqText, previous, hash, rowText] = rowPattern.exec(line) ?? [];
    if (!seqText || !previous || !hash || !rowText)
      throw bad(`Row ${expected} is not a row of an audit export: the line was changed or cut.`);
    const seq = Number(seqText);
    if (seq > expected) throw bad(missing(expected, seq - 1));
    if (seq < expected)
      throw bad(`Row ${seq} stands where row ${expected} belongs: rows were moved or repeated.`);
    if (linkHash(this.#accountId!, seq, previous, rowText) !== hash)
      throw bad(`Row ${seq} was changed: its hash does not match what it says.`);
    if (previous !== this.#hash)
      throw bad(
        `Row ${seq} does not follow on the row before it: row ${Math.max(1, seq - 1)} was rewritten.`,
      );
    this.#seq = seq;
    this.#hash = hash;
    const { earlier } = this.options;
    if (earlier?.seq === seq && earlier.hash !== hash)
      throw bad(`Row ${seq} is not the one of the earlier export: the audit was rewritten up to there.`);
  }

  finish(): Verified {
    const head = this.#head;
    if (this.#accountId === null) throw notAnExport();
    if (!head) throw bad(`The file ends after row ${this.#seq} without a signed head: its end was cut off.`);
    if (head.accountId !== this.#accountId) throw bad('The signed head belongs to another account.');
    if (head.seq > this.#seq) throw bad(missing(this.#seq + 1, head.seq));
    if (head.seq < this.#seq) throw bad(`Row ${head.seq + 1} was added after the head was signed.`);
    if (head.hash !== this.#hash) throw bad(`Row ${head.seq} is not the one that the head was signed for.`);
    requireSignature(head, this.options.publicKey);
    this.#requireEarlier(head);
    return {
      accountId: head.accountId,
      rows: this.#seq,
      head,
      isKeyGiven: this.options.publicKey !== undefined,
    };
  }

  #requireEarlier(head: SignedHead): void {
    const { earlier } = this.options;
    if (!earlier) return;
    if (earlier.accountId !== head.accountId) throw bad('The earlier export belongs to another account.');
    if (earlier.seq > head.seq) throw bad(missing(head.seq + 1, earlier.seq));
  }
}

function requireSignature(head: SignedHead, given?: KeyObject): void {
  const named = createPublicKey({ key: Buffer.from(head.publicKey, 'base64'), type: 'spki', format: 'der' });
  if (given && !given.equals(named))
    throw bad(`The head was signed with another key (${head.keyId}) than the one given.`);
  const isSigned = verify(
    null,
    Buffer.from(headText(head)),
    given ?? named,
    Buffer.from(head.signature, 'base64'),
  );
  if (!isSigned) throw bad(`The signature of the head at row ${head.seq} is forged.`);
}

function readHeader(line: string): string {
  const parsed = Header.safeParse(parseJson(line));
  if (!parsed.success) throw notAnExport();
  return parsed.data.account;
}

function readFooter(line: string): SignedHead {
  const parsed = Footer.safeParse(parseJson(line));
  if (!parsed.success) throw bad('The signed head at the end of the file was changed or cut.');
  return parsed.data.head;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

const missing = (from: number, to: number) =>
  from === to ? `Row ${from} is missing.` : `Row ${from} is missing, and all up to row ${to}.`;
const bad = (message: string) => new CrossvaultError('corrupt_data', message);
const notAnExport = () =>
  new CrossvaultError('invalid_input', 'This is no signed audit export: download one from the Audit page.');
