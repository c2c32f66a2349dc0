import { CrossvaultError } from '@/lib/errors';

export function corrupt(what: string, cause?: unknown): CrossvaultError {
  return new CrossvaultError('corrupt_data', `Stored data is damaged: ${what}.`, { cause });
}

/** Same memory, seen as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Grows as it is written to; big-endian, variable-length integers as LEB128. */
export class ByteWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(capacity = 256) {
    // From Node's shared pool when small: there are as many writers as folders.
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#length;
  }

  #room(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + count));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }

  u8(value: number): this {
    this.#room(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  u32(value: number): this {
    this.#room(4);
    this.#length = this.#bytes.writeUInt32BE(value, this.#length);
    return this;
  }

  i64(value: bigint): this {
    this.#room(8);
    this.#length = this.#bytes.writeBigInt64BE(value, this.#length);
    return this;
  }

  u64(value: bigint): this {
    this.#room(8);
    this.#length = this.#bytes.writeBigUInt64BE(value, this.#length);
    return this;
  }

  /** A non-negative safe integer in 1 to 8 bytes. */
  varint(value: number): this {
    this.#room(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** Bytes preceded by their length as a varint. */
  sized(bytes: Uint8Array): this {
    return this.varint(bytes.length).raw(bytes);
  }

  /** A copy of what was written. */
  finish(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  /** What was written, valid until the next write. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  reset(): void {
    this.#length = 0;
  }
}

/** Reads what `ByteWriter` wrote; whatever does not fit is `corrupt_data`. */
export class ByteReader {
  #at = 0;
  readonly #bytes: Buffer;

  constructor(
    bytes: Uint8Array,
    private readonly what: string,
  ) {
    this.#bytes = asBuffer(bytes);
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  fail(why: string): never {
    throw corrupt(`${this.what}, ${why}`);
  }

  #take(count: number): number {
    if (count > this.remaining) this.fail('it ends too early');
    const at = this.#at;
    this.#at += count;
    return at;
  }

  u8(): number {
    return this.#bytes[this.#take(1)]!;
  }

  u32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  i64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8));
  }

  u64(): bigint {
    return this.#bytes.readBigUInt64BE(this.#take(8));
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (byte === 0 && i > 0) this.fail('a number is not in its shortest form');
        if (!Number.isSafeInteger(value)) this.fail('a number is too large');
        return value;
      }
      scale *= 0x80;
    }
    return this.fail('a number is too long');
  }

  /** A view into the bytes read from. */
  raw(count: number): Buffer {
    const at = this.#take(count);
    return this.#bytes.subarray(at, at + count);
  }

  sized(maxLength: number): Buffer {
    const length = this.varint();
    if (length > maxLength) this.fail('a field is too long');
    return this.raw(length);
  }

  end(): void {
    if (this.remaining !== 0) this.fail('it has bytes left over');
  }
}
