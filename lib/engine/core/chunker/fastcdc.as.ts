// @ts-nocheck: AssemblyScript, compiled by ../wasm/embed.mjs.
// Memory: the gear table at 0 (256 words), the data anywhere after it.

/** Same cuts as `findCutInJs`. All arguments in bytes; `at` is an address. Returns the chunk's length. */
export function cut(
  at: usize,
  available: u32,
  min: u32,
  average: u32,
  max: u32,
  hardMask: u32,
  easyMask: u32,
): u32 {
  if (available <= min) return available;
  const end = available < max ? available : max;
  const middle = end < average ? end : average;
  let hash: u32 = 0;
  let i = min;
  while (i + 4 <= middle) {
    const word = load<u32>(at + i);
    hash = (hash << 1) + load<u32>((word & 0xff) << 2);
    if ((hash & hardMask) === 0) return i + 1;
    hash = (hash << 1) + load<u32>(((word >> 8) & 0xff) << 2);
    if ((hash & hardMask) === 0) return i + 2;
    hash = (hash << 1) + load<u32>(((word >> 16) & 0xff) << 2);
    if ((hash & hardMask) === 0) return i + 3;
    hash = (hash << 1) + load<u32>((word >> 24) << 2);
    if ((hash & hardMask) === 0) return i + 4;
    i += 4;
  }
  for (; i < middle; i++) {
    hash = (hash << 1) + load<u32>((<usize>load<u8>(at + i)) << 2);
    if ((hash & hardMask) === 0) return i + 1;
  }
  while (i + 4 <= end) {
    const word = load<u32>(at + i);
    hash = (hash << 1) + load<u32>((word & 0xff) << 2);
    if ((hash & easyMask) === 0) return i + 1;
    hash = (hash << 1) + load<u32>(((word >> 8) & 0xff) << 2);
    if ((hash & easyMask) === 0) return i + 2;
    hash = (hash << 1) + load<u32>(((word >> 16) & 0xff) << 2);
    if ((hash & easyMask) === 0) return i + 3;
    hash = (hash << 1) + load<u32>((word >> 24) << 2);
    if ((hash & easyMask) === 0) return i + 4;
    i += 4;
  }
  for (; i < end; i++) {
    hash = (hash << 1) + load<u32>((<usize>load<u8>(at + i)) << 2);
    if ((hash & easyMask) === 0) return i + 1;
  }
  return end;
}
