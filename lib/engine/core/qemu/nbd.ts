import { createConnection, type Socket } from 'node:net';
import { CrossvaultError } from '@/lib/errors';

/** A run of a device with the flags that one context gives it. */
export interface NbdExtent {
  offset: number;
  length: number;
  flags: number;
}

const optionMagic = 0x49484156454f5054n;
const replyMagic = 0x3e889045565a9n;
const requestMagic = 0x25609513;
const structuredMagic = 0x668e33ef;
const options = { go: 7, structured: 8, setContext: 10 } as const;
const commands = { read: 0, disconnect: 2, status: 7 } as const;
const chunks = { data: 1, hole: 2, status: 5 } as const;
const statusPieceBytes = 2 ** 30;
/** What one request may ask of QEMU. */
export const maxNbdReadBytes = 32 * 1024 * 1024;

/** Reads from a socket exactly what is asked for. */
class Inbox {
  readonly #pieces: Buffer[] = [];
  #length = 0;
  #wake: (() => void) | null = null;
  #ended: Error | null = null;

  constructor(socket: Socket) {
    socket.on('data', (piece: Buffer) => {
      this.#pieces.push(piece);
      this.#length += piece.length;
      this.#wake?.();
    });
    const end = (error?: Error) => {
      this.#ended ??= error ?? new Error('the connection ended');
      this.#wake?.();
    };
    socket.on('error', end);
    socket.on('close', () => end());
  }

  async take(count: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(count);
    await this.fill(bytes);
    return bytes;
  }

  async fill(into: Uint8Array): Promise<void> {
    for (let at = 0; at < into.length; ) {
      const piece = this.#pieces[0];
      if (!piece) {
        if (this.#ended) throw gone(this.#ended);
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      const part = piece.subarray(0, into.length - at);
      into.set(part, at);
      at += part.length;
      this.#length -= part.length;
      if (part.length === piece.length) this.#pieces.shift();
      else this.#pieces[0] = piece.subarray(part.length);
    }
  }
}

/** One export of QEMU's block server over a socket of this machine: what a disk held at one moment, read in order. */
export class Nbd {
  readonly #contexts = new Map<number, string>();
  #handle = 0n;

  private constructor(
    private readonly socket: Socket,
    private readonly inbox: Inbox,
    readonly sizeBytes: number,
  ) {}

  static async connect(path: string, name: string, contexts: readonly string[]): Promise<Nbd> {
    const socket = createConnection(path);
    const inbox = new Inbox(socket);
    const hello = await inbox.take(18);
    if (hello.toString('latin1', 0, 16) !== 'NBDMAGICIHAVEOPT') throw gone(new Error('no block server'));
    socket.write(Buffer.from([0, 0, 0, 3]));
    await option(socket, inbox, options.structured, Buffer.alloc(0));
    const found = await option(socket, inbox, options.setContext, contextQuery(name, contexts));
    const info = await option(socket, inbox, options.go, goQuery(name));
    const size = info.find(({ type, data }) => type === 3 && data.readUInt16BE(0) === 0);
    if (!size) throw gone(new Error('the export tells no size'));
    const nbd = new Nbd(socket, inbox, Number(size.data.readBigUInt64BE(2)));
    for (const { type, data } of found)
      if (type === 4) nbd.#contexts.set(data.readUInt32BE(0), data.toString('utf8', 4));
    return nbd;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    for (let at = 0; at < into.length; at += maxNbdReadBytes)
      await this.#read(offset + at, into.subarray(at, at + maxNbdReadBytes));
  }

  /** The whole device as runs by the flags of one context. */
  async *extents(context: string): AsyncGenerator<NbdExtent> {
    for (let at = 0; at < this.sizeBytes; ) {
      const length = Math.min(statusPieceBytes, this.sizeBytes - at);
      this.#send(commands.status, at, length);
      let told: NbdExtent[] = [];
      await this.#replies(async (type, size) => {
        if (type !== chunks.status) throw gone(new Error(`a reply of type ${type}`));
        const body = await this.inbox.take(size);
        if (this.#contexts.get(body.readUInt32BE(0)) !== context) return;
        told = [];
        let from = at;
        for (let i = 4; i < body.length; i += 8) {
          const one = { offset: from, length: body.readUInt32BE(i), flags: body.readUInt32BE(i + 4) };
          from += one.length;
          told.push(one);
        }
      });
      if (told.length === 0) throw gone(new Error(`no extents of ${context}`));
      for (const one of told) {
        const left = this.sizeBytes - one.offset;
        yield { ...one, length: Math.min(one.length, left) };
        at = one.offset + Math.min(one.length, left);
      }
    }
  }

  close(): void {
    this.#send(commands.disconnect, 0, 0);
    this.socket.end();
  }

  async #read(offset: number, into: Uint8Array): Promise<void> {
    this.#send(commands.read, offset, into.length);
    await this.#replies(async (type, size) => {
      const from = Number((await this.inbox.take(8)).readBigUInt64BE(0)) - offset;
      if (type === chunks.data) await this.inbox.fill(into.subarray(from, from + size - 8));
      else if (type === chunks.hole) {
        const length = (await this.inbox.take(4)).readUInt32BE(0);
        into.fill(0, from, from + length);
      } else throw gone(new Error(`a reply of type ${type}`));
    });
  }

  #send(type: number, offset: number, length: number): void {
    const request = Buffer.alloc(28);
    request.writeUInt32BE(requestMagic, 0);
    request.writeUInt16BE(type, 6);
    request.writeBigUInt64BE(++this.#handle, 8);
    request.writeBigUInt64BE(BigInt(offset), 16);
    request.writeUInt32BE(length, 24);
    this.socket.write(request);
  }

  async #replies(take: (type: number, size: number) => Promise<void>): Promise<void> {
    for (let isDone = false; !isDone; ) {
      const head = await this.inbox.take(20);
      if (head.readUInt32BE(0) !== structuredMagic) throw gone(new Error('an unstructured reply'));
      isDone = (head.readUInt16BE(4) & 1) === 1;
      const [type, size] = [head.readUInt16BE(6), head.readUInt32BE(16)];
      if (type & 0x8000) {
        const body = await this.inbox.take(size);
        throw gone(new Error(`error ${body.readUInt32BE(0)}: ${body.toString('utf8', 6)}`));
      }
      if (type !== 0) await take(type, size);
    }
  }
}

interface OptionReply {
  type: number;
  data: Buffer;
}

/** @returns what came before the acknowledgement. */
async function option(socket: Socket, inbox: Inbox, number: number, data: Buffer): Promise<OptionReply[]> {
  const head = Buffer.alloc(16);
  head.writeBigUInt64BE(optionMagic, 0);
  head.writeUInt32BE(number, 8);
  head.writeUInt32BE(data.length, 12);
  socket.write(Buffer.concat([head, data]));
  const replies: OptionReply[] = [];
  for (;;) {
    const reply = await inbox.take(20);
    if (reply.readBigUInt64BE(0) !== replyMagic) throw gone(new Error('an unknown reply'));
    const type = reply.readUInt32BE(12);
    const body = await inbox.take(reply.readUInt32BE(16));
    if (type === 1) return replies;
    if (type & 0x80000000) throw gone(new Error(`option ${number} was refused: ${body.toString('utf8')}`));
    replies.push({ type, data: body });
  }
}

function sized(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function contextQuery(name: string, contexts: readonly string[]): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(contexts.length);
  return Buffer.concat([sized(name), count, ...contexts.map(sized)]);
}

function goQuery(name: string): Buffer {
  return Buffer.concat([sized(name), Buffer.alloc(2)]);
}

function gone(cause: Error): CrossvaultError {
  return new CrossvaultError('unavailable', 'The disks of this running server cannot be read any more.', {
    reason: 'machine_gone',
    cause,
  });
}
