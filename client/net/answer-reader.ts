export interface AnswerHead {
  status: number;
  /** Names in lower case; of several with one name all, with commas between. Each byte is one character. */
  headers: Record<string, string>;
}

/** Takes the body piece by piece, each in memory that is used again as soon as it returns. */
export type BodySink = (bytes: Uint8Array) => void;

const maxHeadBytes = 64 * 1024;
const headEnd = Buffer.from('\r\n\r\n');
const statusLine = /^HTTP\/1\.1 ([2-5]\d\d)(?: [^\r\n]*)?$/;
const headerLine = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*$/;

/** Reads one answer of HTTP/1.1 whose length is told, while it arrives. Everything that is not as plain as that is refused. */
export class AnswerReader {
  #start: Buffer = Buffer.alloc(0);
  #head: AnswerHead | null = null;
  #sink: BodySink = () => {};
  #left = 0;

  /** @param sinkOf asked once head and length are known; null for an answer that is of no use. */
  constructor(private readonly sinkOf: (head: AnswerHead, length: number) => BodySink | null) {}

  get head(): AnswerHead | null {
    return this.#head;
  }

  get isWhole(): boolean {
    return this.#head !== null && this.#left === 0;
  }

  /** Whether another request may follow on the connection. */
  get endsConnection(): boolean {
    return /\bclose\b/i.test(this.#head?.headers.connection ?? '');
  }

  /** @throws for what is no plain answer, or more than it. */
  take(bytes: Uint8Array): void {
    const rest = this.#head ? bytes : this.#takeHead(bytes);
    if (rest.length === 0) return;
    if (rest.length > this.#left) throw new Error('more came than the answer holds');
    this.#left -= rest.length;
    this.#sink(rest);
  }

  /** @returns what comes behind the head, once that is whole. */
  #takeHead(bytes: Uint8Array): Uint8Array {
    const before = this.#start.length;
    this.#start = Buffer.concat([this.#start, bytes]);
    const end = this.#start.indexOf(headEnd, Math.max(0, before - headEnd.length));
    if (end < 0 || end > maxHeadBytes) {
      if (this.#start.length > maxHeadBytes) throw new Error('the head of the answer is too long');
      return new Uint8Array(0);
    }
    const head = parseHead(this.#start.toString('latin1', 0, end));
    const length = lengthOf(head);
    const sink = this.sinkOf(head, length);
    if (!sink) throw new Error('the answer is of no use');
    this.#head = head;
    this.#sink = sink;
    this.#left = length;
    const rest = this.#start.subarray(end + headEnd.length);
    this.#start = Buffer.alloc(0);
    return rest;
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
