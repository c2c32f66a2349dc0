import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from '@/db/embedded/cluster';
import { type Installation, recordFile, startProduct, stopProcess } from './installation';
import { startMailServer } from './mail-server';

/** One fresh installation for all specs: a data folder and ports of its own, started as its user would. */
export default async function startInstallation(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'crossvault-e2e-'));
  // PostgreSQL runs as another user where this one is root, and has to reach its cluster.
  chmodSync(folder, 0o755);
  const ports = { web: await freePort(), gateway: await freePort() };
  const mail = await startMailServer();
  const dataDir = join(folder, 'data');
  const lines: string[] = [];
  const env = {
    CROSSVAULT_DATA_DIR: dataDir,
    CROSSVAULT_PORT: String(ports.web),
    CROSSVAULT_GATEWAY_PORT: String(ports.gateway),
    DATABASE_URL: '',
    CROSSVAULT_SMTP_URL: mail.url,
    // Data sources of the specs listen on this machine.
    CROSSVAULT_ALLOW_PRIVATE_SOURCES: 'true',
  };
  const product = await startProduct(env, (line) => lines.push(line)).catch((cause) => {
    throw new Error(`The product did not start; ${dataDir} is kept.\n${lines.join('\n')}`, { cause });
  });
  const record: Installation = { dataDir, webUrl: `http://127.0.0.1:${ports.web}` };
  mkdirSync(dirname(recordFile), { recursive: true });
  writeFileSync(recordFile, JSON.stringify(record));
  return async () => {
    await stopProcess(product);
    await mail.stop();
    rmSync(recordFile, { force: true });
    rmSync(folder, { recursive: true, force: true });
  };
}
