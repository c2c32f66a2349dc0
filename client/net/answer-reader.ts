const maxHeadBytes = 16 * 1024;
const headEnd = Buffer.from('\r\n\r\n');

/** Reads one answer of HTTP/1.1 whose head tells how long it is, as the gateway's do. */
export class AnswerReader {
  endsConnection = false;
  #head: Buffer = Buffer.alloc(0);
  #status = 0;
  #left = 0;
  #isOver = false;

  constructor(
    private readonly onBytes: (bytes: Uint8Array, status: number) => void,
    private readonly onEnd: (status: number) => void,
  ) {}

  /** @throws for what is no such answer, or more than it. */
  push(bytes: Uint8Array): void {
    const body = this.#status === 0 ? this.#readHead(bytes) : bytes;
    if (body.length > this.#left) throw new Error('it sent more than its answer');
    this.#left -= body.length;
    if (body.length > 0) this.onBytes(body, this.#status);
    if (this.#status === 0 || this.#left > 0 || this.#isOver) return;
    this.#isOver = true;
    this.onEnd(this.#status);
  }

  /** @returns what comes behind the head, if that is whole. */
  #readHead(bytes: Uint8Array): Uint8Array {
    this.#head = Buffer.concat([this.#head, bytes]);
    const end = this.#head.indexOf(headEnd);
    if (end < 0 || end > maxHeadBytes) {
      if (this.#head.length > maxHeadBytes) throw new Error('its answer has too long a head');
      return new Uint8Array(0);
    }
    const [first, ...lines] = this.#head.toString('latin1', 0, end).split('\r\n');
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
      }),
    );
    const status = /^HTTP\/1\.1 ([2-5]\d\d)(?: |$)/.exec(first!)?.[1];
    const length = headers.get('content-length') ?? '';
    if (!status || !/^\d{1,15}$/.test(length) || headers.has('transfer-encoding'))
      throw new Error('it did not answer as a gateway does');
    this.#status = Number(status);
    this.#left = Number(length);
    this.endsConnection = /close/i.test(headers.get('connection') ?? '');
    return this.#head.subarray(end + headEnd.length);
  }
}
