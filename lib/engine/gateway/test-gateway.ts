import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterAll } from 'vitest';
import type { Database } from '@/db/client';
import * as factories from '@/db/factories';
import type { TestDatabase } from '@/db/testing/harness';
import { hashSecret, newSecret } from '@/lib/clients';
import { type Clock, systemClock } from '@/lib/clock';
import type { Chunk, ChunkName } from '@/lib/engine/core';
import { decompress } from '@/lib/engine/core/codec';
import { nameBytes, nameToHex } from '@/lib/engine/core/names';
import type { CarriedFrame } from '@/lib/engine/core/vault-io';
import type { VaultEnvironment } from '../vaults';
import { testEnvironment } from '../vaults/test-environment';
import { attemptHeader, type CommitRequest, protocolHeader, protocolVersion } from '../wire';
import { decodeChunks, encodeChunks, encodeNames } from '../wire-binary';
import { decodeFrames } from '../wire-frames';
import { createGatewayEnvironment } from './create-gateway-environment';
import type { GatewayEnvironment } from './environment';
import { type Gateway, startGateway } from './server';
import { buildTree, type TestTree } from './test-tree';
import { loadOrCreateCertificate } from './tls-certificate';

/** Whatever the endpoints under test answer; a test knows which fields its request yields. */
interface ReplyJson {
  error: { code: string; message: string; reason?: string; missing?: string[] };
  jobId: string;
  namingKey: string;
  parent: { pointId: string; rootPage: string } | null;
  pointId: string;
  addedBytes: number;
  rootPage: string;
  status: string;
}

export interface Reply {
  status: number;
  body: Buffer;
  json: ReplyJson;
  headers: IncomingHttpHeaders;
}

/** Where a gateway listens, and the certificate that its clients trust. */
export class GatewayAddress {
  constructor(
    readonly port: number,
    readonly cert: string,
  ) {}

  send(
    method: string,
    path: string,
    options: { body?: Uint8Array | string; headers?: Record<string, string> } = {},
  ): Promise<Reply> {
    const { body = '', headers = {} } = options;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        { host: '127.0.0.1', port: this.port, ca: this.cert, method, path, headers, agent: false },
        (response) => {
          buffer(response).then((bytes) => {
            const isJson = response.headers['content-type'] === 'application/json';
            const { statusCode: status = 0, headers } = response;
            resolve({ status, body: bytes, json: isJson ? JSON.parse(bytes.toString()) : {}, headers });
          }, reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

/** A gateway in this process. */
export class TestGateway extends GatewayAddress {
  private constructor(
    readonly vaults: VaultEnvironment & { dataFolder: string },
    readonly env: GatewayEnvironment,
    readonly gateway: Gateway,
    cert: string,
  ) {
    super(gateway.port, cert);
  }

  static async start(database: TestDatabase, internalSecret = Buffer.alloc(32, 7)): Promise<TestGateway> {
    const vaults = await testEnvironment(database);
    return TestGateway.over(vaults, internalSecret);
  }

  /** Another engine over the same database and storage. */
  static async over(
    vaults: VaultEnvironment & { dataFolder: string },
    internalSecret = Buffer.alloc(32, 7),
    clock: Clock = systemClock,
  ): Promise<TestGateway> {
    const env = createGatewayEnvironment(vaults, { log: pino({ level: 'silent' }), internalSecret, clock });
    await env.bell.listen(vaults.db);
    const certificate = await loadOrCreateCertificate(vaults.dataFolder, new Date());
    const gateway = await startGateway(env, certificate, { host: '127.0.0.1', port: 0 });
    const started = new TestGateway(vaults, env, gateway, certificate.cert);
    afterAll(() => started.stop());
    return started;
  }

  async stop(): Promise<void> {
    await this.env.bell.close();
    await this.gateway.close(1000);
    await this.env.backups.close();
  }
}

/** A client in the words of the protocol, without the real client's care. */
export class TestClient {
  private constructor(
    readonly gateway: GatewayAddress,
    readonly accountId: string,
    readonly clientId: string,
    readonly credential: string,
  ) {}

  static async make(gateway: GatewayAddress, owner: Database, accountId: string): Promise<TestClient> {
    const credential = newSecret('cvc');
    const { id } = await factories.makeClient(owner, { accountId, credentialHash: hashSecret(credential) });
    return new TestClient(gateway, accountId, id, credential);
  }

  /** The same client, talking to another engine. */
  at(gateway: GatewayAddress): TestClient {
    return new TestClient(gateway, this.accountId, this.clientId, this.credential);
  }

  headers(more: Record<string, string> = {}): Record<string, string> {
    return {
      authorization: `Bearer ${this.credential}`,
      [protocolHeader]: String(protocolVersion),
      ...more,
    };
  }

  get(path: string): Promise<Reply> {
    return this.gateway.send('GET', path, { headers: this.headers() });
  }

  post(path: string, body: unknown): Promise<Reply> {
    return this.gateway.send('POST', path, { headers: this.headers(), body: JSON.stringify(body) });
  }

  postBytes(path: string, body: Uint8Array, attempt = 1): Promise<Reply> {
    const headers = this.headers({ [attemptHeader]: String(attempt) });
    return this.gateway.send('POST', path, { headers, body });
  }

  async startBackup(vaultId: string, paths = ['/data']): Promise<string> {
    const reply = await this.post('/v1/jobs', { vaultId, spec: { paths, retentionDays: 30 } });
    if (reply.status !== 200) throw new Error(reply.body.toString());
    return reply.json.jobId;
  }

  begin(jobId: string, attempt = 1): Promise<Reply> {
    return this.post(`/v1/jobs/${jobId}/backup/begin`, { attempt });
  }

  async known(jobId: string, names: readonly ChunkName[]): Promise<number[]> {
    const reply = await this.postBytes(`/v1/jobs/${jobId}/backup/known`, encodeNames(names));
    if (reply.status !== 200) throw new Error(reply.body.toString());
    return [...reply.body];
  }

  sendChunks(jobId: string, chunks: readonly Chunk[], attempt = 1): Promise<Reply> {
    const body = Buffer.concat(encodeChunks(chunks).pieces);
    return this.postBytes(`/v1/jobs/${jobId}/backup/chunks`, body, attempt);
  }

  commit(
    jobId: string,
    root: ChunkName,
    more: Partial<typeof CommitRequest._zod.input> = {},
  ): Promise<Reply> {
    const at = new Date().toISOString();
    return this.post(`/v1/jobs/${jobId}/backup/commit`, {
      attempt: 1,
      rootPage: Buffer.from(root).toString('hex'),
      sourceBytes: 0,
      fileCount: 0,
      folderCount: 0,
      skippedCount: 0,
      startedAt: at,
      capturedAt: at,
      ...more,
    });
  }

  finish(jobId: string, outcome = 'complete', attempt = 1): Promise<Reply> {
    return this.post(`/v1/jobs/${jobId}/finish`, { attempt, outcome, error: null, report: null });
  }

  /** A whole backup of a tree: asks, sends what is not known, commits, finishes. */
  async backUp(vaultId: string, tree: TestTree, paths = ['/data']) {
    const jobId = await this.startBackup(vaultId, paths);
    const { json: begun } = await this.begin(jobId);
    const built = await buildTree(Buffer.from(begun.namingKey, 'base64'), tree);
    const flags = await this.known(
      jobId,
      built.chunks.map(({ name }) => name),
    );
    const wanted = built.chunks.filter((_, i) => !flags[i]);
    for (const batch of batchesOf(wanted)) await this.sendChunks(jobId, batch);
    const committed = await this.commit(jobId, built.root);
    if (committed.status !== 200) throw new Error(committed.body.toString());
    await this.finish(jobId);
    const { pointId, addedBytes } = committed.json;
    return { jobId, ...built, begun, sent: wanted.length, pointId, addedBytes };
  }

  async fetch(jobId: string, names: readonly ChunkName[], kind = 'restore/chunks'): Promise<Chunk[]> {
    const reply = await this.postBytes(`/v1/jobs/${jobId}/${kind}`, encodeNames(names));
    if (reply.status !== 200) throw new Error(reply.json.error.code);
    if (kind === 'restore/chunks') return unpackAll(decodeFrames([reply.body], 1 << 30), names);
    const chunks: Chunk[] = [];
    for await (const chunk of decodeChunks([reply.body], { maxTotalBytes: 1 << 30 })) chunks.push(chunk);
    return chunks;
  }
}

/** In the order asked, which frames need not keep. */
async function unpackAll(frames: AsyncIterable<CarriedFrame>, names: readonly ChunkName[]): Promise<Chunk[]> {
  const found = new Map<string, Chunk>();
  for await (const { type, codec, plainLength, chunks, body } of frames) {
    const plain = decompress(codec, body, plainLength);
    let at = 0;
    for (const [i, length] of chunks.lengths.entries()) {
      const name = chunks.names.subarray(i * nameBytes, (i + 1) * nameBytes);
      found.set(nameToHex(name), { name, type, bytes: plain.subarray(at, at + length) });
      at += length;
    }
  }
  return names.map((name) => found.get(nameToHex(name))!);
}

const batchBytes = 4 * 1024 * 1024;

/** As a client sends them: one request takes only so much. */
function* batchesOf(chunks: readonly Chunk[]): Generator<Chunk[]> {
  let batch: Chunk[] = [];
  let bytes = 0;
  for (const chunk of chunks) {
    if (batch.length > 0 && bytes + chunk.bytes.length > batchBytes) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(chunk);
    bytes += chunk.bytes.length;
  }
  yield batch;
}
