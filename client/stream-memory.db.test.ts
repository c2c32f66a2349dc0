import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { testDatabase } from '@/db/testing/harness';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import { TestHost } from './testing/test-host';

const database = await testDatabase();
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());
const host = await TestHost.enrolled(database, engine, fingerprint);
await host.makeVault(engine, 'database');
const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** The most memory that `crossvault dump` has held when its command has written all: the command looks at its parent. */
async function peakMiB(megabytes: number): Promise<number> {
  const command = `head -c ${megabytes}000000 /dev/urandom; grep VmHWM /proc/$PPID/status >&2`;
  const args = [
    '--import',
    'tsx',
    main,
    'dump',
    '--name',
    `of-${megabytes}`,
    '--json',
    '--',
    'sh',
    '-c',
    command,
  ];
  const env = { ...process.env, CROSSVAULT_CLIENT_DIR: host.folder.path };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect(JSON.parse(out.trim().split('\n').at(-1)!)).toMatchObject({ sourceBytes: megabytes * 1_000_000 });
  return Number(/VmHWM:\s+(\d+) kB/.exec(err)?.[1]) / 1024;
}

test.skipIf(process.platform !== 'linux')(
  'a dump three times as long takes no more memory (measured from /proc, so on Linux)',
  async () => {
    const [short, long] = [await peakMiB(60), await peakMiB(180)];
    expect(long - short).toBeLessThan(90);
  },
  120_000,
);
