import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeVault as makeVaultRow } from '@/db/factories';
import { backupCopies, backupCopyRules, backupPoints, policies, policyRuns } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { newId } from '@/lib/context';
import { noise } from '@/lib/engine/core/test-bytes';
import { backUpDisk, makeSharingWorld, tickWell } from '@/lib/engine/sharing/test-sharing';
import { copiedPointId } from '@/lib/engine/transfer/derived-point-id';
import { hashesOf, readPoint } from '@/lib/engine/transfer/test-world';
import { makeVault } from '@/lib/engine/vaults/test-environment';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import type { TestAccount } from '@/lib/testing/world';
import { createCopyRule, deleteCopyRule, listBackupCopies, listCopyRules } from '.';

const database = await testDatabase();
const { owner } = database;

async function makePolicy(accountId: string): Promise<string> {
  const id = newId('po');
  await owner.insert(policies).values({ accountId, id, name: id, createdBy: 'u', updatedBy: 'u' });
  return id;
}
const makeTarget = ({ id, groupId }: TestAccount) =>
  makeVaultRow(owner, {
    accountId: id,
    resourceGroupId: groupId,
    kind: 'disk_backup',
    region: 'eu-west-1',
  });
const rulesOf = (accountId: string) =>
  owner.select().from(backupCopyRules).where(eq(backupCopyRules.accountId, accountId));

describeWriteVerb(database, {
  verb: createCopyRule,
  arrange: async (account) => ({
    policyId: await makePolicy(account.id),
    vaultId: (await makeTarget(account)).id,
  }),
  check: async ({ account, input }) =>
    expect(await rulesOf(account.id)).toMatchObject([
      { policyId: input.policyId, targetVaultId: input.vaultId },
    ]),
  missing: (input) => ({ ...input, policyId: 'po-00000000000000000000' }),
  audit: { resourceKind: 'policy', resourceId: (_out, input) => input.policyId },
});

describeWriteVerb(database, {
  verb: deleteCopyRule,
  arrange: async (account) => {
    const id = newId('cr');
    const { id: targetVaultId } = await makeTarget(account);
    const policyId = await makePolicy(account.id);
    await owner
      .insert(backupCopyRules)
      .values({ accountId: account.id, id, policyId, targetVaultId, createdBy: 'u' });
    return { id };
  },
  check: async ({ account }) => expect(await rulesOf(account.id)).toEqual([]),
  missing: () => ({ id: 'cr-00000000000000000000' }),
  audit: { resourceKind: 'policy' },
});

describe('a policy that copies into another region', () => {
  const files = { 'disk.raw': noise(300_000, 7) };
  const arrange = async () => {
    const world = await makeSharingWorld(database);
    const account = world.sharer;
    const vaultId = await makeVault(
      world.environment,
      owner,
      { accountId: account.id, resourceGroupId: account.groupId },
      { kind: 'disk_backup', region: 'eu-west-1', capacityBytes: 2 ** 30 },
    );
    const policyId = await makePolicy(account.id);
    await createCopyRule(account.as('operator'), { policyId, vaultId });
    const run = async () => {
      const id = newId('run');
      const bindingId = newId('pb');
      await owner.insert(policyRuns).values({
        accountId: account.id,
        id,
        policyId,
        policyName: 'nightly',
        ruleId: newId('pr'),
        ruleName: 'r',
        bindingId,
        sourceId: 'ds',
        sourceName: 'd',
        vaultId: world.source.vaultId,
        vaultName: 'v',
        vaultRegion: 'cn-hangzhou',
        cause: 'schedule',
        state: 'open',
        runAt: new Date(),
        retentionDays: 1,
        jobId: 'job',
        startedBy: 'u',
      });
      return backUpDisk(world, files, { policyRunId: id, bindingId, keepsNewest: false });
    };
    return { world, account, vaultId, run, copied: { accountId: account.id, vaultId } };
  };

  test('copies each of its backups byte for byte, with its dates, and lets deletions by hand stay at home', async () => {
    const { world, account, vaultId, run, copied } = await arrange();
    const id = await run();
    await tickWell(world, account);
    const [copy] = (await listBackupCopies(account.as('auditor'), { vaultId })).items;
    expect(copy).toMatchObject({ state: 'copied', sourcePointId: id, vault: { region: 'eu-west-1' } });
    expect(await readPoint(world, copied, copy!.pointId)).toEqual(hashesOf(files));
    const [original] = await owner.select().from(backupPoints).where(eq(backupPoints.id, id));
    const [point] = await owner.select().from(backupPoints).where(eq(backupPoints.id, copy!.pointId));
    expect(point).toMatchObject({ expiresAt: original!.expiresAt, shareId: null, policyRunId: null });
    await owner.update(backupPoints).set({ status: 'deleting' }).where(eq(backupPoints.id, id));
    await tickWell(world, account);
    expect(await readPoint(world, copied, copy!.pointId)).toEqual(hashesOf(files));
    expect((await listCopyRules(account.as('auditor'), {})).items).toHaveLength(1);
  });

  test('writes down a backup that was deleted before it was copied', async () => {
    const { world, account, run } = await arrange();
    const id = await run();
    await owner.update(backupPoints).set({ status: 'deleting' }).where(eq(backupPoints.id, id));
    await tickWell(world, account);
    const [copy] = await owner.select().from(backupCopies).where(eq(backupCopies.sourcePointId, id));
    expect(copy).toMatchObject({ state: 'failed', lastError: 'backup_gone' });
  });

  test('names a copy as the engine does', async () => {
    const [row] = await owner.execute<{ id: string }>(sql`select copied_point_id('bc-1', 'v-1') as id`);
    expect(row!.id).toBe(copiedPointId('bc-1', 'v-1'));
  });
});
