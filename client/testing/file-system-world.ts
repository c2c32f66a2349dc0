import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach } from 'vitest';
import type { TestDatabase } from '@/db/testing/harness';
import type { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { addFileSystem } from '@/lib/file-systems';
import type { FileSystemKind } from '@/lib/file-systems/schemas';
import { RestoreSpec } from '@/lib/jobs/schemas';
import type { LoopMount } from '@/lib/testing/loop-mount';
import { Daemon } from '../daemon';
import type { AdapterRegistry } from '../sources/adapter';
import { regionAdapters } from '../sources/region-adapters';
import { type Seen, snapshot } from './snapshot';
import type { TestHost } from './test-host';
import { startTestMover, type TestRegion } from './test-region';

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

/** Until the end of the test. */
export async function runMover(
  gateway: TestGateway,
  pin: string,
  adapters: AdapterRegistry = regionAdapters,
): Promise<void> {
  const mover = await startTestMover(gateway, pin, { adapters });
  running.push(() => mover.stop());
}

/** Until the end of the test. */
export function runDaemon(host: TestHost): void {
  const log = pino({ level: process.env.CROSSVAULT_DEBUG ? 'debug' : 'silent' });
  const daemon = new Daemon({ folder: host.folder, gateway: host.gateway(), log, waitSeconds: 5 });
  const ended = daemon.run();
  ended.catch(() => {});
  running.push(async () => {
    daemon.stop();
    await ended.catch(() => {});
  });
}

/** A mounted image as a registered file system of an account, and the data source of it. */
export async function registerMount(
  { owner }: TestDatabase,
  region: TestRegion,
  kind: FileSystemKind,
  { path }: LoopMount,
): Promise<string> {
  const { accountId } = region;
  const wanted = { accountId, region: 'cn-hangzhou', kind, name: `of ${path}`.slice(-60), mountPath: path };
  const { id: fileSystemId } = await addFileSystem(owner, wanted);
  return region.addSource({ kind, fileSystemId });
}

export function restoreTo(destination: object, more: object = {}): RestoreSpec {
  return RestoreSpec.parse({ selection: { mode: 'all' }, destination, ...more });
}

/** What is below a folder; the folder itself is as whoever made it left it. */
export async function contentsOf(folder: string): Promise<Map<string, Seen>> {
  const seen = await snapshot(folder);
  seen.delete('');
  for (const path of seen.keys()) if (path.startsWith('lost+found')) seen.delete(path);
  return seen;
}

export async function makeFolder(...names: string[]): Promise<string> {
  const folder = join(...names);
  await mkdir(folder, { recursive: true });
  return folder;
}
