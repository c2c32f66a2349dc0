import { type BlockSource, isAllZero } from './block-device';
import {
  clusterBytes,
  copiedFlag,
  encodeQcow2Header,
  l1Entries,
  l2CoverBytes,
  refcountsPerBlock,
} from './qcow2-header';
import { countRefcountBlocks, encodeRefcountBlock } from './qcow2-sink';

interface Plan {
  /** Cluster numbers that hold data, ascending. */
  used: number[];
  /** Second-level tables, by index, ascending. */
  tables: number[];
  blocks: number;
  length: number;
}

/** A device as a qcow2 file that is sent from front to back: its tables come before its data. Reads the device twice. */
export async function streamQcow2(
  source: BlockSource,
): Promise<{ length: number; bytes: AsyncGenerator<Buffer> }> {
  const plan = await planStream(source);
  return { length: plan.length, bytes: send(source, plan) };
}

async function planStream(source: BlockSource): Promise<Plan> {
  const used: number[] = [];
  const buffer = Buffer.alloc(clusterBytes);
  for await (const { offset, length, isZero } of source.extents()) {
    if (isZero) continue;
    const end = offset + length;
    for (let number = Math.floor(offset / clusterBytes); number * clusterBytes < end; number++) {
      const start = number * clusterBytes;
      const part = buffer.subarray(0, Math.min(clusterBytes, source.sizeBytes - start));
      await source.read(start, part);
      if (!isAllZero(part) && used.at(-1) !== number) used.push(number);
    }
  }
  const tables = [...new Set(used.map((number) => Math.floor((number * clusterBytes) / l2CoverBytes)))];
  const blocks = countRefcountBlocks(3 + tables.length + used.length);
  return { used, tables, blocks, length: (3 + blocks + tables.length + used.length) * clusterBytes };
}

async function* send(source: BlockSource, plan: Plan): AsyncGenerator<Buffer> {
  const { used, tables, blocks } = plan;
  const total = 3 + blocks + tables.length + used.length;
  const firstTable = 3 + blocks;
  const firstData = firstTable + tables.length;
  const l1 = Buffer.alloc(l1Entries * 8);
  for (const [i, table] of tables.entries())
    l1.writeBigUInt64BE(BigInt((firstTable + i) * clusterBytes) | copiedFlag, table * 8);
  const refcounts = Buffer.alloc(clusterBytes);
  for (let i = 0; i < blocks; i++) refcounts.writeBigUInt64BE(BigInt((3 + i) * clusterBytes), i * 8);
  yield encodeQcow2Header(source.sizeBytes);
  yield l1;
  yield refcounts;
  for (let i = 0; i < blocks; i++) yield encodeRefcountBlock(total - i * refcountsPerBlock);
  let at = 0;
  for (const table of tables) {
    const entries = Buffer.alloc(clusterBytes);
    const perTable = clusterBytes / 8;
    for (; at < used.length && Math.floor(used[at]! / perTable) === table; at++)
      entries.writeBigUInt64BE(
        BigInt((firstData + at) * clusterBytes) | copiedFlag,
        (used[at]! % perTable) * 8,
      );
    yield entries;
  }
  for (const number of used) {
    const cluster = Buffer.alloc(clusterBytes);
    const start = number * clusterBytes;
    await source.read(start, cluster.subarray(0, Math.min(clusterBytes, source.sizeBytes - start)));
    yield cluster;
  }
}
