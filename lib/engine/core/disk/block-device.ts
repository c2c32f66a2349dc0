/** A run of a device: bytes of data, or known to be all zero without being read. */
export interface Extent {
  offset: number;
  length: number;
  isZero: boolean;
}

/** Something to read blocks from: a file of a pool, or a running machine's disk at one moment. */
export interface BlockSource {
  readonly sizeBytes: number;
  /** Fills `into` from `offset`; the range lies within the device. */
  read(offset: number, into: Uint8Array): Promise<void>;
  /** All of the device in order. A run that is not `isZero` may still hold zeros. */
  extents(): AsyncIterable<Extent>;
  close(): Promise<void>;
}

/** Takes a device's bytes in ascending order. */
export interface BlockSink {
  /** Whether what is not written reads as zeros; else zeros have to be written as well. */
  readonly isSparse: boolean;
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** Durable when it resolves. */
  finish(): Promise<void>;
  /** Lets go without finishing: what was written is of no use. */
  abandon(): Promise<void>;
}

const zeros = Buffer.alloc(64 * 1024);

export function isAllZero(bytes: Uint8Array): boolean {
  const { length } = bytes;
  if (length > 0 && (bytes[0] !== 0 || bytes[length - 1] !== 0)) return false;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, length);
  for (let at = 0; at < length; at += zeros.length) {
    const end = Math.min(at + zeros.length, length);
    if (view.compare(zeros, 0, end - at, at, end) !== 0) return false;
  }
  return true;
}
