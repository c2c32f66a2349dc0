/** CRC-8 with the polynomial x⁸ + x² + x + 1, first bit highest, starting from 0: the check of the row format. */
export const crc8Table = Uint8Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : crc << 1;
  return crc;
});

export function crc8Byte(crc: number, byte: number): number {
  return crc8Table[crc ^ byte]!;
}

export function crc8(crc: number, bytes: Uint8Array, from = 0, to = bytes.length): number {
  let sum = crc;
  for (let at = from; at < to; at++) sum = crc8Table[sum ^ bytes[at]!]!;
  return sum;
}
