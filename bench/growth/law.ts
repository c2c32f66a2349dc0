import type { Cost } from './measure';

const mib = 1024 * 1024;

/** What a copy may read or write beside the new packs: tables of contents, the manifest, keys. */
const constantBytes = mib;
const mostApart = 1.15;
const mostBytes = 1.02;

/**
 * Where the costs of the same new bytes in vaults of different shape break the law: cost follows what is new, and nothing
 * else. @returns one sentence each.
 */
export function breaches(costs: readonly Cost[]): string[] {
  const found: string[] = [];
  for (const { shape, newBytes, newChunks, readBytes, writtenBytes, names, lists, idle } of costs) {
    const allowed = mostBytes * newBytes + constantBytes;
    if (readBytes > allowed) found.push(`${shape.name}: read ${readBytes} bytes for ${newBytes} new ones`);
    if (writtenBytes > allowed)
      found.push(`${shape.name}: wrote ${writtenBytes} bytes for ${newBytes} new ones`);
    if (names > 4 * newChunks + 1000)
      found.push(`${shape.name}: asked for ${names} names of ${newChunks} new chunks`);
    if (lists > 0 || idle.lists > 0) found.push(`${shape.name}: listed the store`);
    if (idle.readBytes + idle.writtenBytes + idle.names > 0) {
      found.push(`${shape.name}: touched data with nothing to copy`);
    }
  }
  for (const counter of ['queries', 'names', 'readBytes', 'writtenBytes'] as const) {
    const [low, high] = range(costs.map((cost) => cost[counter]));
    if (high > mostApart * low + 10) found.push(`${counter}: ${low} to ${high}`);
  }
  const [low, high] = range(costs.map(({ idle }) => idle.queries));
  if (high > low + 5) found.push(`statements with nothing to copy: ${low} to ${high}`);
  return found;
}

export function range(values: readonly number[]): [low: number, high: number] {
  return [Math.min(...values), Math.max(...values)];
}
