import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, expect, vi } from 'vitest';
import { inAccount } from '@/db/client';
import { dataSources, jobs, sourceSecrets } from '@/db/schema';
import type { TestDatabase } from '@/db/testing/harness';
import { ensureRegionClient } from '@/lib/clients';
import { newId } from '@/lib/context';
import { noise } from '@/lib/engine/core/test-bytes';
import type { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { makeAccount, makeVault } from '@/lib/engine/vaults/test-environment';
import type { BackupSpec, RestoreSpec } from '@/lib/jobs/schemas';
import type { SourceConfig } from '@/lib/sources/schemas';
import { sealingKeyOf, sealSecret } from '@/lib/sources/sealed-secret';
import { Mover, type MoverOptions } from '../mover/mover';

import type { TestHost } from './test-host';

/** Registered here: movers and folders are also made inside tests. */
const afterSuite: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of afterSuite.splice(0)) await end();
});

/** An account with a vault and what the engine's mover does for it in one region. */
export class TestRegion {
  private constructor(
    private readonly database: TestDatabase,
    private readonly gateway: TestGateway,
    readonly accountId: string,
    readonly vaultId: string,
    readonly clientId: string,
    /** For file systems of the test. */
    readonly work: string,
  ) {}

  /** @param given an account and its vault, where the test has them already. */
  static async make(
    database: TestDatabase,
    gateway: TestGateway,
    given?: { accountId: string; vaultId: string },
  ): Promise<TestRegion> {
    const account = given ?? (await makeAccount(database.owner));
    const { accountId } = account;
    const vaultId =
      'vaultId' in account ? account.vaultId : await makeVault(gateway.vaults, database.owner, account);
    const client = await inAccount(database.app, accountId, (tx) =>
      ensureRegionClient(tx, accountId, 'cn-hangzhou'),
    );
    const work = await mkdtemp(join(tmpdir(), 'crossvault-region-'));
    afterSuite.push(() => rm(work, { recursive: true, force: true }));
    return new TestRegion(database, gateway, accountId, vaultId, client.id, work);
  }

  /** What is registered at a host instead. */
  static ofHost(
    database: TestDatabase,
    gateway: TestGateway,
    { accountId, vaultId, enrolment, work }: TestHost,
  ): TestRegion {
    return new TestRegion(database, gateway, accountId, vaultId, enrolment.clientId, work);
  }

  /** What `registerSource` writes. */
  async addSource(config: SourceConfig, secret?: Record<string, unknown>, item?: string): Promise<string> {
    const { owner } = this.database;
    const { accountId, clientId } = this;
    const id = newId('ds');
    const place = { accountId, clientId, id };
    await owner
      .insert(dataSources)
      .values({ ...place, kind: config.kind, item: item ?? id, name: id, config, createdBy: 'test' });
    if (secret) {
      const publicKey = sealingKeyOf(this.gateway.vaults.serviceKey);
      const sealed = sealSecret(publicKey, { accountId, id }, secret);
      await owner.insert(sourceSecrets).values({ accountId, sourceId: id, sealed });
    }
    return id;
  }

  async queueBackup(sourceId: string, spec: Partial<BackupSpec> = {}): Promise<string> {
    return this.#queue({
      kind: 'backup',
      spec: { paths: ['/'], excludes: [], retentionDays: 7, sourceId, ...spec },
    });
  }

  async queueRestore(
    pointId: string,
    spec: Pick<RestoreSpec, 'destination'> & Partial<RestoreSpec>,
  ): Promise<string> {
    const whole = { selection: { mode: 'all' }, conflictPolicy: 'overwrite', ...spec };
    return this.#queue({ kind: 'restore', pointId, spec: whole });
  }

  async job(id: string) {
    const [row] = await this.database.owner.select().from(jobs).where(eq(jobs.id, id));
    return row!;
  }

  async until(id: string, status: string, timeout = 20_000) {
    await vi.waitFor(
      async () => {
        const { status: found, errorMessage } = await this.job(id);
        expect({ found, errorMessage }).toMatchObject({ found: status });
      },
      { timeout, interval: 30 },
    );
    return this.job(id);
  }

  async folder(name: string, files: number, sizeBytes = 200_000): Promise<string> {
    const folder = join(this.work, name);
    await mkdir(folder, { recursive: true });
    for (let i = 0; i < files; i++) await writeFile(join(folder, `${i}.bin`), noise(sizeBytes, i + 1));
    return folder;
  }

  async #queue(work: Pick<typeof jobs.$inferInsert, 'kind' | 'spec' | 'pointId'>): Promise<string> {
    const id = newId('job');
    const { accountId, clientId, vaultId } = this;
    await this.database.owner
      .insert(jobs)
      .values({ accountId, id, clientId, vaultId, createdBy: 'test', ...work });
    return id;
  }
}

export interface TestMover {
  mover: Mover;
  /** Where it keeps what another mover after it goes on with. */
  folder: string;
  /** Everything it logged. */
  lines: string[];
  stop(): Promise<void>;
}

/** A mover in this process, beside a gateway. The test stops it. */
export async function startTestMover(
  gateway: TestGateway,
  pin: string,
  options: Pick<MoverOptions, 'adapters'> & Partial<MoverOptions>,
): Promise<TestMover> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'crossvault-mover-')));
  afterSuite.push(() => rm(folder, { recursive: true, force: true }));
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const mover = new Mover({
    server: `https://127.0.0.1:${gateway.port}`,
    pin,
    secret: gateway.env.internalSecret,
    folder,
    log,
    waitSeconds: 5,
    ...options,
  });
  const ended = mover.run();
  ended.catch(() => {});
  const stop = async () => {
    mover.stop();
    await ended;
  };
  return { mover, folder, lines, stop };
}
