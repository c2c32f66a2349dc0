import { CrossvaultError } from '@/lib/errors';

const blockBytes = 512;
const maxLongNameBytes = 64 * 1024;

export interface TarEntry {
  name: string;
  sizeBytes: number;
  isFile: boolean;
}

/** Who watches a tar archive go by; the pieces of an entry come in order, and are valid during the call only. */
export interface TarWatcher {
  begin(entry: TarEntry): void;
  piece(bytes: Uint8Array): void;
  end(): void;
}

type Field = 'header' | 'body' | 'long_name' | 'padding' | 'after_end';

/** Follows a tar archive (ustar, GNU and PAX names) byte by byte in constant memory. */
export class TarReader {
  #field: Field = 'header';
  #left = blockBytes;
  #padding = 0;
  readonly #block = Buffer.alloc(blockBytes);
  #longName: Buffer[] = [];
  #longKind = '';
  #nextName: string | null = null;
  #nextSize: number | null = null;
  #emptyBlocks = 0;

  constructor(private readonly watcher: TarWatcher) {}

  push(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0 && this.#field !== 'after_end') {
      const part = rest.subarray(0, this.#left);
      rest = rest.subarray(part.length);
      this.#take(part);
      this.#left -= part.length;
      if (this.#left === 0) this.#finishField();
    }
  }

  /** @throws unless the archive came to its proper end. */
  finish(): void {
    if (this.#field !== 'after_end') throw malformed('it ends before its last entry does');
  }

  #take(part: Uint8Array): void {
    if (this.#field === 'header') this.#block.set(part, blockBytes - this.#left);
    else if (this.#field === 'body') this.watcher.piece(part);
    else if (this.#field === 'long_name') this.#longName.push(Buffer.from(part));
  }

  #finishField(): void {
    if (this.#field === 'header') {
      this.#readHeader();
      return;
    }
    if (this.#field === 'body') this.watcher.end();
    if (this.#field === 'long_name') this.#readLongName();
    const isPaddingNext = this.#field !== 'padding' && this.#padding > 0;
    this.#field = isPaddingNext ? 'padding' : 'header';
    this.#left = isPaddingNext ? this.#padding : blockBytes;
  }

  #readHeader(): void {
    const block = this.#block;
    this.#left = blockBytes;
    if (block.every((byte) => byte === 0)) {
      this.#emptyBlocks += 1;
      if (this.#emptyBlocks === 2) this.#field = 'after_end';
      return;
    }
    requireChecksum(block);
    this.#emptyBlocks = 0;
    const kind = String.fromCharCode(block[156] || 48);
    const isAboutNext = 'LKxg'.includes(kind);
    const stated = readNumber(block.subarray(124, 136));
    const sizeBytes = isAboutNext ? stated : (this.#nextSize ?? stated);
    this.#padding = (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
    this.#left = sizeBytes;
    if (isAboutNext) {
      if (sizeBytes > maxLongNameBytes) throw malformed('it has an entry with too long a name');
      this.#longKind = kind;
      this.#longName = [];
      this.#field = 'long_name';
    } else {
      this.watcher.begin({ name: this.#nextName ?? nameOf(block), sizeBytes, isFile: '07'.includes(kind) });
      this.#nextName = this.#nextSize = null;
      this.#field = 'body';
    }
    if (sizeBytes === 0) this.#finishField();
  }

  #readLongName(): void {
    const text = Buffer.concat(this.#longName).toString('utf8');
    if (this.#longKind === 'L') this.#nextName = text.replace(/\0.*$/s, '');
    if (this.#longKind !== 'x') return;
    this.#nextName = /^\d+ path=(.*)$/m.exec(text)?.[1] ?? this.#nextName;
    const size = /^\d+ size=(\d+)$/m.exec(text)?.[1];
    if (size) this.#nextSize = Number(size);
  }
}

function requireChecksum(block: Buffer): void {
  let sum = 8 * 32;
  for (const [at, byte] of block.entries()) if (at < 148 || at >= 156) sum += byte;
  if (readNumber(block.subarray(148, 156)) !== sum) throw malformed('an entry does not begin as one');
}

/** Octal text, or the binary form of sizes that octal cannot hold. */
function readNumber(field: Buffer): number {
  if (field[0]! & 0x80) {
    let value = BigInt(field[0]! & 0x7f);
    for (const byte of field.subarray(1)) value = (value << 8n) | BigInt(byte);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed('an entry is impossibly large');
    return Number(value);
  }
  const text = field
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trim();
  if (!/^[0-7]*$/.test(text)) throw malformed('an entry does not begin as one');
  return Number.parseInt(text || '0', 8);
}

function nameOf(block: Buffer): string {
  const text = (from: number, to: number) => block.subarray(from, to).toString('utf8').replace(/\0.*$/s, '');
  const prefix = text(257, 262) === 'ustar' ? text(345, 500) : '';
  return prefix ? `${prefix}/${text(0, 100)}` : text(0, 100);
}

export function malformed(what: string): CrossvaultError {
  return new CrossvaultError(
    'invalid_input',
    `This is no usable image archive: ${what}. No backup point was made.`,
    { reason: 'not_an_image' },
  );
}
