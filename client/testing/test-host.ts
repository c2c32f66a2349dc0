import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll } from 'vitest';
import { makeResourceGroup } from '@/db/factories';
import { enrolmentTokens, jobs } from '@/db/schema';
import type { TestDatabase } from '@/db/testing/harness';
import { hashSecret, newSecret } from '@/lib/clients';
import { newId } from '@/lib/context';
import type { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { makeAccount, makeVault } from '@/lib/engine/vaults/test-environment';
import { JobOffer } from '@/lib/engine/wire';
import { RestoreSpec, type StreamSource, streamPath } from '@/lib/jobs/schemas';
import type { VaultKind } from '@/lib/vaults/schemas';
import { ClientFolder, type Enrolment } from '../config';
import { enrol } from '../enrol';
import { type JobEnd, type JobOptions, RunningJob } from '../jobs/run-job';
import { Gateway } from '../net/gateway';
import { TestProxy } from './proxy';

type HostRestore = Partial<RestoreSpec> & { targetPath: string };
type More = Partial<Pick<JobOptions, 'stream' | 'onProgress' | 'progressEveryMs' | 'patienceMs'>>;

/** Registered here, for hosts are also made inside tests, where a suite's hook cannot be added any more. */
const afterSuite: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of afterSuite.splice(0)) await end();
});

interface HostPlace {
  placement: 'server' | 'ecs';
  region: string;
}

/** A host that is enrolled in an account with one vault, behind a line that can be cut. */
export class TestHost {
  private constructor(
    private readonly database: TestDatabase,
    readonly folder: ClientFolder,
    readonly proxy: TestProxy,
    readonly enrolment: Enrolment,
    readonly vaultId: string,
    readonly accountId: string,
    /** For the host's files. */
    readonly work: string,
  ) {}

  static async enrolled(
    database: TestDatabase,
    engine: TestGateway,
    pin: string,
    given: { address?: { accountId: string; vaultId: string }; place?: HostPlace } = {},
  ): Promise<TestHost> {
    const { accountId, vaultId } = given.address ?? (await TestHost.#makeAddress(database, engine));
    const work = await mkdtemp(join(tmpdir(), 'crossvault-host-'));
    const proxy = await TestProxy.start(engine.gateway.port);
    const folder = new ClientFolder(join(work, 'client'));
    const token = await TestHost.createToken(database, accountId, given.place);
    const server = `https://127.0.0.1:${proxy.port}`;
    const enrolment = await enrol(folder, { server, pin, token, name: 'test host' });
    afterSuite.push(async () => {
      await proxy.close();
      await rm(work, { recursive: true, force: true });
    });
    return new TestHost(database, folder, proxy, enrolment, vaultId, accountId, work);
  }

  /** Another host of the same account, with the same vault. */
  static async enrolledIn(database: TestDatabase, first: TestHost): Promise<TestHost> {
    const { accountId, vaultId, proxy, enrolment } = first;
    const work = await mkdtemp(join(tmpdir(), 'crossvault-host-'));
    const folder = new ClientFolder(join(work, 'client'));
    const token = await TestHost.createToken(database, accountId);
    const { server, pin } = enrolment;
    const own = await enrol(folder, { server, pin, token, name: 'second host' });
    afterSuite.push(() => rm(work, { recursive: true, force: true }));
    return new TestHost(database, folder, proxy, own, vaultId, accountId, work);
  }

  static async #makeAddress(database: TestDatabase, engine: TestGateway) {
    const account = await makeAccount(database.owner);
    const vaultId = await makeVault(engine.vaults, database.owner, account);
    return { accountId: account.accountId, vaultId };
  }

  static async createToken(
    { owner }: TestDatabase,
    accountId: string,
    { placement, region }: HostPlace = { placement: 'server', region: 'eu-west-101' },
  ): Promise<string> {
    const token = newSecret('cve');
    await owner.insert(enrolmentTokens).values({
      accountId,
      id: newId('et'),
      tokenHash: hashSecret(token),
      placement,
      region,
      createdBy: 'test',
      expiresAt: new Date(Date.now() + 3_600_000),
    });
    return token;
  }

  gateway(): Gateway {
    const { server, pin, credential } = this.enrolment;
    return new Gateway({ server, pin, credential });
  }

  at(...names: string[]): string {
    return join(this.work, ...names);
  }

  /** A vault of another kind for the same account. */
  async makeVault(engine: TestGateway, kind: VaultKind): Promise<string> {
    const { owner } = this.database;
    const { id } = await makeResourceGroup(owner, { accountId: this.accountId });
    const account = { accountId: this.accountId, resourceGroupId: id };
    return makeVault(engine.vaults, owner, account, { kind });
  }

  async offerStream(vaultId: string, stream: StreamSource): Promise<JobOffer> {
    const spec = { paths: [streamPath(stream)], excludes: [], retentionDays: 7, stream };
    return this.gateway().postJson('/v1/jobs', { vaultId, spec }, JobOffer);
  }

  async offerBackup(paths: string[], excludes: string[] = []): Promise<JobOffer> {
    const spec = { paths, excludes, retentionDays: 7 };
    return this.gateway().postJson('/v1/jobs', { vaultId: this.vaultId, spec }, JobOffer);
  }

  async offerRestore(pointId: string, { targetPath, ...spec }: HostRestore): Promise<JobOffer> {
    const destination = { kind: 'host', targetPath };
    const full = RestoreSpec.parse({ selection: { mode: 'all' }, destination, ...spec });
    const jobId = newId('job');
    await this.database.owner.insert(jobs).values({
      accountId: this.accountId,
      id: jobId,
      kind: 'restore',
      status: 'running',
      clientId: this.enrolment.clientId,
      vaultId: this.vaultId,
      pointId,
      spec: full,
      attempt: 1,
      fence: 1,
      createdBy: 'test',
      startedAt: new Date(),
      heartbeatAt: new Date(),
    });
    return {
      jobId,
      attempt: 1,
      work: { kind: 'restore', pointId, vaultName: 'vault', spec: full, source: null },
    };
  }

  start(offer: JobOffer, more: More = {}): RunningJob {
    const log = pino({ level: process.env.CROSSVAULT_DEBUG ? 'debug' : 'silent' });
    return new RunningJob({
      gateway: this.gateway(),
      folder: this.folder,
      log,
      offer,
      progressEveryMs: 50,
      ...more,
    });
  }

  async backup(paths: string[], excludes: string[] = []): Promise<JobEnd> {
    return succeeded(await this.start(await this.offerBackup(paths, excludes)).ended);
  }

  async restore(pointId: string, spec: HostRestore): Promise<JobEnd> {
    return succeeded(await this.start(await this.offerRestore(pointId, spec)).ended);
  }

  newFolder(name: string): string {
    return this.at(`${name}-${randomBytes(4).toString('hex')}`);
  }
}

function succeeded(end: JobEnd): JobEnd {
  if (end.outcome === 'failed') throw end.error;
  return end;
}
