import { type Source, walkSource } from './source-walk';

/** Files and everything else that is no folder, and the files' bytes, by the walk that the backup makes. */
export async function countSource(
  source: Source,
  signal: AbortSignal,
): Promise<{ bytes: number; items: number }> {
  const total = { bytes: 0, items: 0 };
  for await (const step of walkSource(source)) {
    signal.throwIfAborted();
    if (step.step !== 'entry') continue;
    total.items++;
    if (step.found.type === 'file') total.bytes += step.found.sizeBytes;
  }
  return total;
}
