import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeBackupPoint, makeReplication, makeVault } from '@/db/factories';
import { trialUses, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { SourceKind } from '@/lib/schemas';
import { testAccount } from '@/lib/testing/world';
import { createVault, listQuotas } from '.';
import { isTrial, VaultKind, vaultKinds } from './kinds';

const database = await testDatabase();
const { owner } = database;
const refusedWith = (code: string) => ({ cause: { code } });

describe('the table of kinds', () => {
  test('and the database agree on intake, sources and trials', async () => {
    for (const kind of VaultKind.options) {
      const [rule] = await owner.execute<{ intake: string; is_trial: boolean; sources: string[] }>(sql`
        select vault_intake(${kind}) as intake, is_trial_vault(${kind}) as is_trial,
          array(select source from unnest(array[${sql.join(
            SourceKind.options.map((source) => sql`${source}`),
            sql`, `,
          )}]) as source where vault_takes_source(${kind}, source)) as sources`);
      expect(rule).toEqual({
        intake: vaultKinds[kind].intake,
        is_trial: isTrial(kind),
        sources: vaultKinds[kind].sources,
      });
    }
  });

  test('is held by the database point by point: a vault takes its sources and no other', async () => {
    const account = await testAccount(database);
    for (const kind of VaultKind.options) {
      const vault = await makeVault(owner, { accountId: account.id, kind });
      for (const sourceKind of SourceKind.options) {
        const made = makeBackupPoint(owner, { accountId: account.id, vaultId: vault.id, sourceKind });
        if (vaultKinds[kind].sources.includes(sourceKind)) await made;
        else await expect(made).rejects.toMatchObject(refusedWith('CV011'));
      }
    }
  });

  test('lets no vault but a standard one into a replication, whatever asks', async () => {
    const account = await testAccount(database);
    const target = await makeVault(owner, { accountId: account.id, kind: 'replication_target' });
    for (const kind of VaultKind.options) {
      const source = await makeVault(owner, { accountId: account.id, kind, region: 'eu-west-1' });
      if (vaultKinds[kind].canReplicate) continue;
      await expect(makeReplication(owner, { source, target })).rejects.toMatchObject(refusedWith('CV003'));
    }
    const source = await makeVault(owner, { accountId: account.id });
    const archive = await makeVault(owner, { accountId: account.id, kind: 'archive' });
    await expect(makeReplication(owner, { source, target: archive })).rejects.toMatchObject(
      refusedWith('CV003'),
    );
  });

  test('lets no kind change, but for a trial that becomes a standard vault', async () => {
    const account = await testAccount(database);
    const change = async (from: VaultKind, to: VaultKind) => {
      const { id } = await makeVault(owner, { accountId: account.id, kind: from });
      const dates = isTrial(to) ? {} : { trialEndsAt: null, trialReleasesAt: null };
      return owner
        .update(vaults)
        .set({ kind: to, ...dates })
        .where(eq(vaults.id, id));
    };
    await expect(change('standard', 'database')).rejects.toMatchObject(refusedWith('CV010'));
    await expect(change('trial_oss', 'archive')).rejects.toMatchObject(refusedWith('CV010'));
    await change('trial_nas', 'standard');
  });

  test('locks every kind but the trials', async () => {
    const account = await testAccount(database);
    for (const kind of VaultKind.options) {
      const { id } = await makeVault(owner, { accountId: account.id, kind, region: 'eu-west-1' });
      const lock = owner.update(vaults).set({ lockedAt: new Date() }).where(eq(vaults.id, id));
      if (vaultKinds[kind].canBeLocked) await lock;
      else await expect(lock).rejects.toMatchObject(refusedWith('23514'));
    }
  });
});

describe('creating', () => {
  const arrange = async () => {
    const account = await testAccount(database);
    const make = (kind: VaultKind, name: string, region = 'eu-west-1') =>
      createVault(account.as('operator'), {
        kind,
        name,
        region,
        resourceGroupId: account.groupId,
        ...(vaultKinds[kind].hasCapacity && { capacityGib: 10 }),
      });
    return { account, make };
  };

  test('every kind works, and a trial tells when it ends and when it is released', async () => {
    const { make } = await arrange();
    for (const kind of VaultKind.options) {
      const vault = await make(kind, kind);
      expect(vault).toMatchObject({ kind, status: 'initializing' });
      expect(vault.id.startsWith('r-')).toBe(kind === 'replication_target');
      if (!isTrial(kind)) expect(vault.trial).toBeNull();
      else {
        const days = (at: string) => (Date.parse(at) - Date.parse(vault.createdAt)) / 86_400_000;
        expect(vault.trial?.isKept).toBe(false);
        expect([days(vault.trial!.endsAt), days(vault.trial!.releasesAt)]).toEqual([30, 37]);
      }
    }
  });

  test('a trial a second time in a region is refused, also at once and also after its vault has gone', async () => {
    const { account, make } = await arrange();
    const answers = await Promise.allSettled(
      Array.from({ length: 6 }, (_, index) => make('trial_oss', `trial ${index}`)),
    );
    const made = answers.filter((answer) => answer.status === 'fulfilled');
    expect(made).toHaveLength(1);
    const reasons = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason.reason] : []));
    expect(new Set(reasons)).toEqual(new Set(['trial_used']));
    await owner.delete(vaults).where(eq(vaults.id, made[0]!.value.id));
    await expect(make('trial_oss', 'again')).rejects.toMatchObject({
      code: 'quota_exceeded',
      reason: 'trial_used',
      message: expect.stringContaining('OSS trial in UK (London)'),
    });
    await make('trial_nas', 'another kind');
    await make('trial_oss', 'another region', 'us-east-1');
    const { items } = await listQuotas(account.as('auditor'), {});
    expect(items).toContainEqual({ name: 'trial_oss', region: 'eu-west-1', used: 1, maximum: 1 });
    expect(items).toContainEqual({ name: 'trial_tablestore', region: 'eu-west-1', used: 0, maximum: 1 });
    const uses = await owner.select().from(trialUses).where(eq(trialUses.accountId, account.id));
    expect(uses).toHaveLength(3);
  });

  test('stops at a hundred vaults of all kinds, however many are asked for at once', async () => {
    const { account, make } = await arrange();
    for (let index = 0; index < 95; index += 1) {
      await makeVault(owner, { accountId: account.id, resourceGroupId: account.groupId, name: `v${index}` });
    }
    const kinds: VaultKind[] = ['standard', 'database', 'container', 'archive', 'standard'];
    const answers = await Promise.allSettled(
      [...kinds, ...kinds].map((kind, index) => make(kind, `late ${index}`)),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    const reasons = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason.reason] : []));
    expect(new Set(reasons)).toEqual(new Set(['vaults']));
    const { items } = await listQuotas(account.as('auditor'), {});
    expect(items).toContainEqual({ name: 'vaults', region: '', used: 100, maximum: 100 });
  });
});
