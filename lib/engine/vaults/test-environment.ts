import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Database } from '@/db/client';
import * as factories from '@/db/factories';
import type { vaults } from '@/db/schema';
import type { TestDatabase } from '@/db/testing/harness';
import { newSigningKey } from '@/lib/audit/signing-key';
import { newId } from '@/lib/context';
import { wrappingKeyFrom } from '@/lib/engine/core/service-key';
import { inlinePool } from '@/lib/engine/core/work/pool';
import type { VaultEnvironment } from './environment';
import { initialiseVault } from './initialise-vault';
import { folderRegionStorage } from './region-storage';

/** Real database, real folder; the folder is removed after the suite. */
export async function testEnvironment(
  database: TestDatabase,
): Promise<VaultEnvironment & { dataFolder: string }> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'crossvault-vaults-'));
  afterAll(() => rm(dataFolder, { recursive: true, force: true }));
  return {
    db: database.engine,
    storage: folderRegionStorage(dataFolder),
    serviceKey: wrappingKeyFrom(randomBytes(32)),
    work: inlinePool,
    auditKey: newSigningKey(),
    dataFolder,
  };
}

export interface TestAccount {
  accountId: string;
  resourceGroupId: string;
}

export async function makeAccount(owner: Database): Promise<TestAccount> {
  const { account, group } = await factories.makeAccount(owner);
  return { accountId: account.accountId, resourceGroupId: group.id };
}

export async function makeKey(owner: Database, accountId: string): Promise<string> {
  const id = newId('key');
  const init = { accountId, id, alias: `alias/${id}`, state: 'creating', wrappedMaterial: null } as const;
  return (await factories.makeKmsKey(owner, init)).id;
}

type VaultInit = Partial<typeof vaults.$inferInsert>;

/** A row as the console writes it; the rest is the engine's. */
export async function makeVaultRow(
  owner: Database,
  account: TestAccount,
  init: VaultInit = {},
): Promise<string> {
  return (await factories.makeVault(owner, { ...account, status: 'initializing', ...init })).id;
}

export async function makeVault(
  environment: VaultEnvironment,
  owner: Database,
  account: TestAccount,
  init: VaultInit = {},
): Promise<string> {
  const vaultId = await makeVaultRow(owner, account, init);
  await initialiseVault(environment, { accountId: account.accountId, vaultId });
  return vaultId;
}
