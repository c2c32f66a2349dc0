export interface AnswerHead {
  status: number;
  /** Names in lower case; of several with one name all, with commas between. Each byte is one character. */
  headers: Record<string, string>;
}

/** Where a body goes, once its head and length are known; null for an answer that is of no use. */
export type BodyPlace = (head: AnswerHead, length: number) => Buffer | null;

const maxHeadBytes = 64 * 1024;
const headEnd = Buffer.from('\r\n\r\n');
const statusLine = /^HTTP\/1\.1 ([2-5]\d\d)(?: [^\r\n]*)?$/;
const headerLine = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*$/;

/**
 * Reads one answer of HTTP/1.1 whose length is told, and puts its body where it belongs while it arrives. Everything that is
 * not as plain as that is refused.
 */
export class AnswerReader {
  #head: Buffer = Buffer.alloc(0);
  #found: AnswerHead | null = null;
  #body: Buffer = Buffer.alloc(0);
  #filled = 0;

  constructor(private readonly place: BodyPlace) {}

  get answer(): { head: AnswerHead; body: Buffer } | null {
    return this.#found && this.#filled === this.#body.length ? { head: this.#found, body: this.#body } : null;
  }

  /** @throws for what is no plain answer. The bytes are copied. */
  take(bytes: Buffer): void {
    const rest = this.#found ? bytes : this.#takeHead(bytes);
    if (rest.length === 0) return;
    if (rest.length > this.#body.length - this.#filled) throw new Error('more came than the answer holds');
    this.#filled += rest.copy(this.#body, this.#filled);
  }

  #takeHead(bytes: Buffer): Buffer {
    const before = this.#head.length;
    const all = before === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    const end = all.indexOf(headEnd, Math.max(0, before - headEnd.length));
    if (end < 0) {
      if (all.length > maxHeadBytes) throw new Error('the head of the answer is too long');
      this.#head = Buffer.from(all);
      return Buffer.alloc(0);
    }
    const head = parseHead(all.toString('latin1', 0, end));
    const place = this.place(head, lengthOf(head));
    if (!place) throw new Error('the answer is of no use');
    this.#found = head;
    this.#body = place;
    this.#head = Buffer.alloc(0);
    return all.subarray(end + headEnd.length);
  }
}

function parseHead(text: string): AnswerHead {
  const [first = '', ...lines] = text.split('\r\n');
  const status = statusLine.exec(first)?.[1];
  if (!status) throw new Error('this is no answer of HTTP/1.1');
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const [, name, value] = headerLine.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error('a header cannot be read');
    const lower = name.toLowerCase();
    headers[lower] = lower in headers ? `${headers[lower]}, ${value}` : value;
  }
  return { status: Number(status), headers };
}

function lengthOf({ status, headers }: AnswerHead): number {
  if ('transfer-encoding' in headers) throw new Error('the length is not told');
  if (status === 204 || status === 304) return 0;
  const length = headers['content-length'] ?? '';
  if (!/^\d{1,15}$/.test(length)) throw new Error('the length is not told');
  return Number(length);
}
