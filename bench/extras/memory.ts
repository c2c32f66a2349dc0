import { join } from 'node:path';
import { vaultFolder } from '@/lib/engine/vaults/region-storage';
import { makeSide, region } from '../crossvault/accounts';
import { runClient } from '../crossvault/work';
import { requireSpace } from '../disk-space';
import type { ExtraPlace } from '../harness';
import type { Sizes } from '../options';
import type { Extra } from '../results';
import { measureTree } from '../tree';
import { mebibytes } from '../units';

const generator = join(import.meta.dirname, 'generate-stream.mjs');
/** Of what the streams hold: they compress to an eighth, which the machine's disk is left with twice over. */
const diskShare = 0.25;
const limits = { engine: 400, client: 300 };

/** A short and a long stream through client, gateway and engine: the peaks of memory must be the same. */
export async function runMemory({ start, scratch, log }: ExtraPlace, { memory }: Sizes): Promise<Extra> {
  const needed = diskShare * memory.streamBytes.reduce((sum, bytes) => sum + bytes, 0);
  await requireSpace(scratch, needed * 2);
  const taken: { bytes: number; seconds: number; engine: number; client: number; stored: number }[] = [];
  for (const bytes of memory.streamBytes) {
    // Each on a fresh engine: a peak of the one is none of the other.
    const installation = await start();
    const side = await makeSide(installation, join(scratch, `client-${bytes}`), 'database');
    const words = [
      'dump',
      '--name',
      'stream',
      '--',
      process.execPath,
      generator,
      String(bytes),
      String(bytes),
    ];
    const { seconds, peakBytes } = await runClient(installation, side, words);
    const stored = measureTree(vaultFolder(installation.dataFolder, region, side.vaultId)).bytes;
    taken.push({ bytes, seconds, stored, engine: peakBytes!.engine!, client: peakBytes!.client! });
    log(
      `memory: ${mebibytes(bytes)} MiB in ${seconds.toFixed(1)} s, engine ${mebibytes(peakBytes!.engine!)} MiB`,
    );
    await installation.stop();
  }
  const row = (name: string, read: (one: (typeof taken)[number]) => number, limit = '') => {
    const values = taken.map(read);
    return [name, ...values.map(mebibytes), (values.at(-1)! / values[0]!).toFixed(2), limit];
  };
  return {
    part: 'memory',
    title: 'Memory: a stream of which no mebibyte comes twice and which compresses to an eighth',
    head: ['', ...taken.map(({ bytes }) => `${mebibytes(bytes)} MiB`), 'long : short', 'at most, MiB'],
    rows: [
      row('peak of the engine, MiB', ({ engine }) => engine, String(limits.engine)),
      row('peak of the client, MiB', ({ client }) => client, String(limits.client)),
      row('stored, MiB', ({ stored }) => stored),
      ['seconds', ...taken.map(({ seconds }) => seconds.toFixed(1)), '', ''],
      ['MiB/s', ...taken.map(({ bytes, seconds }) => mebibytes(bytes / seconds)), '', ''],
    ],
  };
}
