const magic = 0xfd2fb528;
const dictionaryIdBytes = [0, 1, 2, 4] as const;
const contentSizeBytes = [0, 2, 4, 8] as const;
const blockTypes = { rle: 1, reserved: 3 } as const;

/**
 * How many bytes the zstd frame at the start of `bytes` takes; null when there is none or it is cut off. Whoever keeps
 * frames in sectors has other bytes behind them, which no decoder takes for part of a frame.
 */
export function zstdFrameBytes(bytes: Buffer): number | null {
  if (bytes.length < 6 || bytes.readUInt32LE(0) !== magic) return null;
  const descriptor = bytes[4]!;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const contentSize = contentSizeBytes[(descriptor >> 6) as 0 | 1 | 2 | 3];
  let at = 5 + (isSingleSegment ? 0 : 1) + dictionaryIdBytes[(descriptor & 3) as 0 | 1 | 2 | 3];
  at += contentSize === 0 && isSingleSegment ? 1 : contentSize;
  for (let isLast = false; !isLast; ) {
    if (at + 3 > bytes.length) return null;
    const header = bytes.readUIntLE(at, 3);
    const type = (header >> 1) & 3;
    if (type === blockTypes.reserved) return null;
    isLast = (header & 1) === 1;
    at += 3 + (type === blockTypes.rle ? 1 : header >> 3);
  }
  if ((descriptor & 4) !== 0) at += 4;
  return at <= bytes.length ? at : null;
}
