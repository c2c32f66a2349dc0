import { noise } from '@/lib/engine/core/test-bytes';
import {
  backUp,
  type Files,
  makeWorld,
  replicatedPoints,
  tick,
  type World,
} from '@/lib/engine/transfer/test-world';
import type { Counts } from './counts';
import type { Place } from './world';

/** A vault before something new comes. */
export interface Shape {
  name: string;
  chunks: number;
  chunkBytes: number;
  points: number;
}

export interface Cost extends Counts {
  shape: Shape;
  /** Sealed bytes of the new point's packs. */
  newBytes: number;
  newChunks: number;
  seconds: number;
  cpuSeconds: number;
  /** The same for a tick with nothing to copy. */
  idle: Counts & { seconds: number };
}

const chunksAPoint = 100_000;
const bytesAPoint = 256 * 1024 * 1024;

/** Fills a vault, copies all of it, then counts what a new point costs, and what nothing new costs. */
export async function measureGrowth(place: Place, shape: Shape, newBytes: number): Promise<Cost> {
  const world = await makeWorld(place.database, { environment: place.environment });
  await fill(world, shape);
  await copyAll(world);
  const fileBytes = 64 * 1024;
  const newChunks = newBytes / fileBytes;
  const pointId = await backUp(world, world.source, files('new', newChunks, fileBytes, 9));
  place.engine.reset();
  const cpu = process.cpuUsage();
  const seconds = await copyAll(world);
  const { user, system } = process.cpuUsage(cpu);
  const counts = { ...place.engine.counts };
  const copied = (await replicatedPoints(world)).get(pointId);
  if (copied?.state !== 'copied') throw new Error(`${shape.name}: the new point is ${copied?.state}`);
  place.engine.reset();
  const idleSeconds = await copyAll(world);
  return {
    ...counts,
    shape,
    newBytes: copied.copiedBytes,
    newChunks,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    idle: { ...place.engine.counts, seconds: idleSeconds },
  };
}

/** Through the engine's own writer: points of at most 100,000 chunks and 256 MiB, then small ones. */
async function fill(world: World, { chunks, chunkBytes, points }: Shape): Promise<void> {
  let made = 0;
  const atATime = Math.min(chunksAPoint, bytesAPoint / chunkBytes);
  for (let left = chunks; left > 0; left -= atATime) {
    const content = files(`b${made}`, Math.min(left, atATime), chunkBytes, 100 + made);
    await backUp(world, world.source, content);
    made += 1;
  }
  for (; made < points; made++) await backUp(world, world.source, files(`p${made}`, 1, 1000, 500 + made));
}

function files(name: string, count: number, bytes: number, seed: number): Files {
  const all = noise(count * bytes, seed);
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`${name}-${i}`, all.subarray(i * bytes, (i + 1) * bytes)]),
  );
}

async function copyAll(world: World): Promise<number> {
  const startedAt = performance.now();
  // In one slice, however busy the machine is: what is asked does not depend on the time it takes.
  const { errors } = await tick(world, world.target.accountId, { sliceMs: Number.POSITIVE_INFINITY });
  if (errors.length > 0) throw errors[0];
  return (performance.now() - startedAt) / 1000;
}
