import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { and, eq, sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import * as factories from '@/db/factories';
import { accounts, backupPoints, replicationPoints, replications, vaults } from '@/db/schema';
import type { TestDatabase } from '@/db/testing/harness';
import { newId } from '@/lib/context';
import type { ChunkName, EntryMeta, TreeEntry } from '@/lib/engine/core';
import { computeName, nameFromUuid, nameToUuid } from '@/lib/engine/core/names';
import { putPoint } from '@/lib/engine/core/point-store';
import { decodePage } from '@/lib/engine/core/tree/page';
import { ContentBuilder, TreeBuilder } from '@/lib/engine/core/tree/tree-builder';
import { openPin, pinnedBytes, releasePin } from '@/lib/engine/index/pins';
import { type OpenVault, openVault, type VaultEnvironment } from '@/lib/engine/vaults';
import { makeAccount, makeVault, testEnvironment } from '@/lib/engine/vaults/test-environment';
import { runTick, type TickOptions, type TickOutcome } from '../ticker/tick';
import { Turnstile } from '../ticker/turnstile';

/** Contents by path; folders come from the slashes. */
export type Files = Record<string, Uint8Array>;

export interface Address {
  accountId: string;
  vaultId: string;
}

export interface World {
  database: TestDatabase;
  environment: VaultEnvironment & { dataFolder: string };
  source: Address;
  target: Address;
  replicationId: string;
}

/** Two accounts, a source vault, a target vault shared with it and a replication between them, all real. */
export async function makeWorld(
  database: TestDatabase,
  options: {
    isStarted?: boolean;
    environment?: World['environment'];
    targetRegion?: string;
    redundancy?: 'LRS' | 'ZRS';
  } = {},
): Promise<World> {
  const environment = options.environment ?? (await testEnvironment(database));
  const { owner } = database;
  const { redundancy = 'LRS' } = options;
  const [from, to] = [await makeAccount(owner), await makeAccount(owner)];
  const source = {
    accountId: from.accountId,
    vaultId: await makeVault(environment, owner, from, { redundancy }),
  };
  const targetId = await makeVault(environment, owner, to, {
    kind: 'replication_target',
    id: newId('r'),
    redundancy,
    ...(options.targetRegion && { region: options.targetRegion }),
  });
  const target = { accountId: to.accountId, vaultId: targetId };
  await factories.makeShare(owner, {
    accountId: to.accountId,
    vaultId: targetId,
    recipientAccountId: from.accountId,
    status: 'accepted',
  });
  const world = { database, environment, source, target, replicationId: '' };
  if (options.isStarted !== false) world.replicationId = await startReplication(world);
  return world;
}

export async function startReplication({ database, source, target }: World): Promise<string> {
  const { owner } = database;
  const load = async (id: string) => (await owner.select().from(vaults).where(eq(vaults.id, id)))[0]!;
  const { replication } = await factories.makeReplication(owner, {
    source: await load(source.vaultId),
    target: await load(target.vaultId),
  });
  return replication.id;
}

const chunkBytes = 128 * 1024;

/** Backs files up as the gateway does: chunks under a pin, then the manifest, then one transaction. */
export async function backUp(
  { environment }: Pick<World, 'environment'>,
  { accountId, vaultId }: Address,
  files: Files,
  given: Partial<typeof backupPoints.$inferInsert> = {},
): Promise<string> {
  const { db } = environment;
  const { pinNo } = await openPin(db, accountId, { vaultId, workKind: 'backup', workId: newId('j') });
  const vault = await openVault(environment, { accountId, vaultId });
  const lineage = vault.lineages[0]!;
  const writer = vault.writer(lineage, pinNo);
  const root = await writeTree(files, lineage.namingKey, (chunk) => writer.put(chunk));
  await writer.flush();
  const pointId = given.id ?? newId('s');
  const createdAt = given.createdAt ?? new Date();
  const expiresAt = given.expiresAt ?? new Date(Date.now() + 86_400_000);
  await putPoint(vault.store, vault.keys, {
    pointId,
    vaultId,
    lineageId: lineage.lineageId,
    kind: 'files',
    root,
    sourceId: 'ds-test',
    origin: null,
    host: 'test host',
    paths: ['/'],
    startedAt: createdAt,
    finishedAt: createdAt,
    parentPointId: null,
    expiresAt,
    stats: { files: 0, dirs: 0, symlinks: 0, sourceBytes: 0, readBytes: 0, newBytes: 0, unreadable: 0 },
  });
  await inAccount(db, accountId, async (tx) => {
    const addedBytes = await pinnedBytes(tx, pinNo);
    await tx.insert(backupPoints).values({
      accountId,
      id: pointId,
      vaultId,
      sourceId: 'ds-test',
      sourceKind: 'local_file',
      sourceName: 'test host',
      clientId: 'c-test',
      originAccountId: accountId,
      originVaultId: vaultId,
      originPointId: pointId,
      spaceNo: lineage.spaceNo,
      lineageId: lineage.lineageId,
      rootPage: nameToUuid(root.root),
      paths: ['/'],
      sourceBytes: root.totals.bytes,
      addedBytes,
      fileCount: root.totals.files,
      folderCount: root.totals.dirs,
      retentionDays: 1,
      startedAt: createdAt,
      createdAt,
      ...given,
      expiresAt,
    });
    await releasePin(tx, pinNo);
    await appendEvent(tx, { accountId, vaultId }, 'committed', pointId);
  });
  return pointId;
}

type Transaction = Parameters<Parameters<typeof inAccount>[2]>[0];

async function appendEvent(tx: Transaction, { accountId, vaultId }: Address, kind: string, pointId: string) {
  await tx.execute(sql`
    with numbered as (update vaults set head = head + 1 where id = ${vaultId} returning head)
    insert into point_events (account_id, vault_id, seq, kind, point_id)
    select ${accountId}, ${vaultId}, head, ${kind}, ${pointId} from numbered`);
}

/** A deletion by hand, as the console writes it down. */
export async function deleteByHand({ environment }: World, address: Address, pointId: string): Promise<void> {
  await inAccount(environment.db, address.accountId, async (tx) => {
    await tx.update(backupPoints).set({ status: 'deleting' }).where(eq(backupPoints.id, pointId));
    await appendEvent(tx, address, 'deleted', pointId);
  });
}

export async function writeTree(
  files: Files,
  namingKey: Uint8Array,
  put: (chunk: { name: ChunkName; type: 'data' | 'tree'; bytes: Uint8Array }) => Promise<void>,
) {
  const builder = new TreeBuilder(namingKey, put);
  const meta = (name: string): EntryMeta => ({
    name: Buffer.from(name),
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtimeNs: 1n,
  });
  const add = async (name: string, bytes: Uint8Array) => {
    const content = new ContentBuilder(namingKey, put);
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      const part = bytes.subarray(at, at + chunkBytes);
      const chunk = { name: computeName(namingKey, 'data', part), type: 'data' as const, bytes: part };
      await put(chunk);
      await content.add(chunk.name, part.length);
    }
    await builder.add({
      ...meta(name),
      type: 'file',
      sizeBytes: bytes.length,
      content: await content.finish(),
    });
  };
  const visit = async (prefix: string): Promise<void> => {
    const inside = Object.keys(files).filter((path) => path.startsWith(prefix));
    const names = [...new Set(inside.map((path) => path.slice(prefix.length).split('/')[0]!))].sort();
    for (const name of names) {
      const bytes = files[prefix + name];
      if (bytes) await add(name, bytes);
      else {
        await builder.enterDir(meta(name));
        await visit(`${prefix}${name}/`);
        await builder.leaveDir();
      }
    }
  };
  await visit('');
  return builder.finish();
}

/** SHA-256 of each file of a visible point, read from the vault alone: every chunk authenticated and checked by name. */
export async function readPoint(
  { environment }: Pick<World, 'environment'>,
  { accountId, vaultId }: Address,
  pointId: string,
): Promise<Record<string, string>> {
  const [point] = await inAccount(environment.db, accountId, (tx) =>
    tx.select().from(backupPoints).where(eq(backupPoints.id, pointId)),
  );
  if (point?.status !== 'visible') throw new Error(`The point ${pointId} is not visible`);
  const vault = await openVault(environment, { accountId, vaultId });
  const lineage = vault.space(point.spaceNo);
  return hashTree(loaderOf(vault, lineage), nameFromUuid(point.rootPage));
}

function loaderOf(vault: OpenVault, lineage: OpenVault['lineages'][number]) {
  const reader = vault.reader(lineage);
  const index = vault.index(lineage);
  return async (name: ChunkName) => {
    const [location] = await index.locate([name]);
    if (!location) throw new Error('A visible point lacks a chunk');
    return reader.read(name, location);
  };
}

type Load = (name: ChunkName) => Promise<Uint8Array>;

/** SHA-256 of each file of a tree, by its path. */
export async function hashTree(load: Load, root: ChunkName): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  await hashFolder(load, root, '', hashes);
  return hashes;
}

async function hashFolder(load: Load, root: ChunkName, path: string, hashes: Record<string, string>) {
  const page = decodePage(await load(root));
  if ('pages' in page) {
    for (const { page: child } of page.pages) await hashFolder(load, child, path, hashes);
    return;
  }
  if (page.kind !== 'dir') throw new Error('not a folder');
  for (const entry of page.entries as TreeEntry[]) {
    const here = path + Buffer.from(entry.name).toString();
    if (entry.type === 'dir') await hashFolder(load, entry.root, `${here}/`, hashes);
    if (entry.type !== 'file') continue;
    const hash = createHash('sha256');
    const { content } = entry;
    if (content.kind === 'inline') for (const { name } of content.chunks) hash.update(await load(name));
    else await hashContent(load, content.root, hash);
    hashes[here] = hash.digest('hex');
  }
}

async function hashContent(load: Load, root: ChunkName, hash: ReturnType<typeof createHash>): Promise<void> {
  const page = decodePage(await load(root));
  if ('pages' in page) for (const { page: child } of page.pages) await hashContent(load, child, hash);
  else if ('chunks' in page) for (const { name } of page.chunks) hash.update(await load(name));
}

export function hashesOf(files: Files): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([path, bytes]) => [path, createHash('sha256').update(bytes).digest('hex')]),
  );
}

/** One tick of an account, without a queue. */
export async function tick(
  { environment }: Pick<World, 'environment'>,
  accountId: string,
  given: Partial<TickOptions> = {},
): Promise<TickOutcome & { errors: unknown[]; steps: string[] }> {
  const errors: unknown[] = [];
  const steps: string[] = [];
  const outcome = await runTick({
    environment,
    accountId,
    turnstile: new Turnstile(2),
    signal: new AbortController().signal,
    isLeaseLost: () => false,
    isCrowded: () => false,
    placeMs: 60_000,
    collectionIntervalSeconds: 0,
    onStep: ({ step }) => steps.push(step.kind),
    onError: (error) => errors.push(error),
    ...given,
  });
  return { ...outcome, errors, steps };
}

/** The source's account is closed, and everything its vault kept is gone. */
export async function loseSource({ database, environment, source, target }: World): Promise<void> {
  await database.owner
    .update(accounts)
    .set({ state: 'closed' })
    .where(eq(accounts.accountId, source.accountId));
  const kept = join(environment.dataFolder, 'regions');
  const folders = await readdir(kept, { recursive: true });
  const lost = folders.filter((path) => path.endsWith(`vaults/${source.vaultId}`));
  if (lost.length !== 1 || !folders.some((path) => path.endsWith(`vaults/${target.vaultId}`)))
    throw new Error('The folders of the two vaults are not where they were');
  for (const path of lost) await rm(join(kept, path), { recursive: true });
}

export async function replicationOf({ database, replicationId }: World) {
  const [row] = await database.owner.select().from(replications).where(eq(replications.id, replicationId));
  return row!;
}

export async function replicatedPoints({ database, replicationId }: World) {
  const rows = await database.owner
    .select()
    .from(replicationPoints)
    .where(eq(replicationPoints.replicationId, replicationId));
  return new Map(rows.map((row) => [row.sourcePointId, row]));
}

export function visibleCopies({ database, target }: World) {
  return database.owner
    .select()
    .from(backupPoints)
    .where(and(eq(backupPoints.vaultId, target.vaultId), eq(backupPoints.status, 'visible')));
}

/** As if a replication that waits had waited for long. */
export function retryNow({ database, replicationId }: World) {
  return database.owner.execute(sql`update replications set last_step_at = now() - interval '1 hour',
    waiting_since = now() - interval '1 hour' where id = ${replicationId}`);
}
