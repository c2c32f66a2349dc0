import { type BlockSink, type BlockSource, isAllZero } from './block-device';

const pieceBytes = 4 * 1024 * 1024;
const grainBytes = 64 * 1024;

/**
 * Copies a device, leaving out what is zero where the other side reads zeros there. `onBytes` hears of every byte that is
 * done, skipped ones too. Finishes the sink, or abandons it.
 */
export async function copyDevice(
  source: BlockSource,
  sink: BlockSink,
  { onBytes, signal }: { onBytes?: (bytes: number) => void; signal?: AbortSignal } = {},
): Promise<void> {
  const buffer = Buffer.alloc(pieceBytes);
  try {
    for await (const extent of source.extents()) {
      if (extent.isZero && sink.isSparse) {
        onBytes?.(extent.length);
        continue;
      }
      const end = extent.offset + extent.length;
      for (let at = extent.offset; at < end; ) {
        signal?.throwIfAborted();
        const piece = buffer.subarray(0, Math.min(pieceBytes, end - at));
        if (extent.isZero) piece.fill(0);
        else await source.read(at, piece);
        await writePiece(sink, at, piece);
        at += piece.length;
        onBytes?.(piece.length);
      }
    }
    await sink.finish();
  } catch (error) {
    await sink.abandon();
    throw error;
  }
}

async function writePiece(sink: BlockSink, offset: number, piece: Buffer): Promise<void> {
  if (!sink.isSparse) return sink.write(offset, piece);
  for (let at = 0; at < piece.length; at += grainBytes) {
    const grain = piece.subarray(at, at + grainBytes);
    if (!isAllZero(grain)) await sink.write(offset + at, grain);
  }
}
