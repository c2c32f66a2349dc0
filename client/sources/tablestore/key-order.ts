import { type KeyCell, valueTags } from './model';

/** Bytes whose order is the order of keys: numbers with their sign turned, strings and binaries by bytes. */
export function orderOf(key: readonly KeyCell[]): Buffer {
  return Buffer.concat(key.map(orderOfCell));
}

function orderOfCell({ tag, bytes }: KeyCell): Buffer {
  if (tag === valueTags.infMin) return Buffer.of(0);
  if (tag === valueTags.infMax) return Buffer.of(2);
  if (tag === valueTags.integer) {
    const order = Buffer.alloc(9, 1);
    order.writeBigUInt64BE(BigInt.asUintN(64, bytes.readBigInt64LE()) ^ (1n << 63n), 1);
    return order;
  }
  // A zero byte ends a value, so one inside it is followed by 255.
  const escaped: number[] = [1];
  for (const byte of bytes) {
    escaped.push(byte);
    if (byte === 0) escaped.push(255);
  }
  escaped.push(0);
  return Buffer.from(escaped);
}
