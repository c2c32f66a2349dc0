import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeReplication, makeVault } from '@/db/factories';
import {
  accounts,
  auditEvents,
  policies,
  policyBindings,
  policyRules,
  policyTimers,
  quotaCounters,
  replications,
  vaults,
} from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { clearAudit, type TestAccount, testAccount } from '@/lib/testing/world';
import {
  bindPolicy,
  createPolicy,
  deletePolicy,
  getPolicy,
  listPolicies,
  listPolicyBindings,
  previewPolicy,
  unbindPolicy,
  updateBinding,
  updatePolicy,
} from '.';
import { Policy, PolicyBinding, PolicyPreview } from './schemas';
import { makeEnds, policyInput, rule } from './test-policy';

const database = await testDatabase();
const { owner, app } = database;

const timersOf = (bindingId: string) =>
  owner.select().from(policyTimers).where(eq(policyTimers.bindingId, bindingId));

/** A policy with one rule, bound to one source and vault. */
async function bound(account: TestAccount, change = {}) {
  const ends = await makeEnds(account);
  const binding = { sourceId: ends.source.id, vaultId: ends.vault.id, paths: ['/srv/data'] };
  const policy = await createPolicy(account.as('operator'), policyInput({ bindings: [binding], ...change }));
  await clearAudit(owner);
  return { ...ends, policy, bindingId: policy.bindings[0]!.id };
}

const edit = ({ id, version, name, rules, keepsNewest, replicates }: Policy) => ({
  id,
  version,
  name,
  rules,
  keepsNewest,
  replicates,
});

describeWriteVerb(database, {
  verb: createPolicy,
  async arrange(account) {
    const { vault, source } = await makeEnds(account);
    const bindings = [{ sourceId: source.id, vaultId: vault.id, paths: ['/srv/data', '/srv/data'] }];
    return policyInput({ bindings });
  },
  async check({ out, account }) {
    expect(Policy.parse(out)).toEqual(out);
    expect(out.bindings).toMatchObject([{ paths: ['/srv/data'], isEnabled: true, lastRun: null }]);
    expect(out.bindings[0]!.nextRun).toMatchObject({ ruleName: 'Nightly', waitingFor: null });
    expect(await owner.select().from(policyRules).where(eq(policyRules.policyId, out.id))).toHaveLength(1);
    const [ticker] = await owner.execute<{ due_at: string }>(
      sql`select due_at from tickers where account_id = ${account.id}`,
    );
    expect(new Date(ticker!.due_at).toISOString()).toBe(out.bindings[0]!.nextRun!.at);
  },
  missing: (input) => ({ ...input, bindings: [{ ...input.bindings![0]!, vaultId: 'v-nowhere' }] }),
  audit: { resourceKind: 'policy', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: updatePolicy,
  async arrange(account) {
    const { policy } = await bound(account);
    const [first] = policy.rules;
    return {
      ...edit(policy),
      name: `${policy.name} 2`,
      rules: [{ ...first!, retention: { days: 90 } }, rule({ name: 'Weekly' })],
    };
  },
  async check({ out, input }) {
    expect(out).toMatchObject({
      name: input.name,
      version: input.version + 1,
      updatedBy: expect.any(String),
    });
    expect(out.rules.map(({ name, retention }) => [name, retention.days])).toEqual([
      ['Nightly', 90],
      ['Weekly', 30],
    ]);
    expect(out.rules[0]!.id).toBe(input.rules[0]!.id);
    expect(await timersOf(out.bindings[0]!.id)).toHaveLength(2);
  },
  missing: (input) => ({ ...input, id: 'po-nowhere' }),
  audit: { resourceKind: 'policy', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: deletePolicy,
  async arrange(account) {
    const { policy } = await bound(account);
    return { id: policy.id, confirm: policy.name };
  },
  async check({ out }) {
    for (const table of [policyRules, policyBindings]) {
      expect(await owner.select().from(table).where(eq(table.policyId, out.id))).toEqual([]);
    }
    expect(await timersOf(out.bindings[0]!.id)).toEqual([]);
  },
  missing: (input) => ({ ...input, id: 'po-nowhere' }),
  audit: { resourceKind: 'policy', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: bindPolicy,
  async arrange(account) {
    const { policy } = await bound(account);
    const { vault, source } = await makeEnds(account);
    return {
      policyId: policy.id,
      sourceId: source.id,
      vaultId: vault.id,
      paths: ['/home'],
      excludes: ['*.tmp'],
    };
  },
  async check({ out, input }) {
    expect(PolicyBinding.parse(out)).toEqual(out);
    expect(out).toMatchObject({ paths: ['/home'], excludes: ['*.tmp'], vault: { id: input.vaultId } });
    expect(await timersOf(out.id)).toMatchObject([{ runAt: expect.any(Date), lookAt: expect.any(Date) }]);
  },
  missing: (input) => ({ ...input, policyId: 'po-nowhere' }),
  audit: { resourceKind: 'policy', resourceId: (_, input) => input.policyId },
});

describeWriteVerb(database, {
  verb: unbindPolicy,
  async arrange(account) {
    return { id: (await bound(account)).bindingId };
  },
  async check({ input }) {
    expect(await owner.select().from(policyBindings).where(eq(policyBindings.id, input.id))).toEqual([]);
  },
  missing: () => ({ id: 'pb-nowhere' }),
  audit: { resourceKind: 'policy', resourceId: (out) => out.policy.id },
});

describeWriteVerb(database, {
  verb: updateBinding,
  async arrange(account) {
    return { id: (await bound(account)).bindingId, isEnabled: false };
  },
  async check({ out, input }) {
    expect(out).toMatchObject({ isEnabled: false, nextRun: null, paths: ['/srv/data'] });
    expect(await timersOf(input.id)).toMatchObject([{ runAt: null, lookAt: null }]);
  },
  missing: (input) => ({ ...input, id: 'pb-nowhere' }),
  audit: { resourceKind: 'policy', resourceId: (out) => out.policy.id },
});

describe('a policy', () => {
  test('is refused with a message at each field that cannot be', async () => {
    const account = await testAccount(database);
    const schedule = rule().schedule;
    const refused = async (change: Parameters<typeof rule>[0]) =>
      (
        await createPolicy(account.as('operator'), policyInput({ rules: [rule(change)] })).catch(
          (error) => error,
        )
      ).fields;
    const cron = { ...schedule, kind: 'cron' as const, expression: '* * * * *' };
    expect(Object.keys(await refused({ schedule: cron }))).toEqual(['rules.0.schedule.expression']);
    expect(
      Object.keys(await refused({ schedule: { ...cron, expression: '0 2 * * *', timeZone: 'Mars/One' } })),
    ).toEqual(['rules.0.schedule.timeZone']);
    expect(Object.keys(await refused({ retention: { days: 364_636 } }))).toEqual(['rules.0.retention.days']);
    expect(Object.keys(await refused({ retention: { days: 120 }, archiveAfterDays: 29 }))).toEqual([
      'rules.0.archiveAfterDays',
    ]);
    expect(Object.keys(await refused({ retention: { days: 89 }, archiveAfterDays: 30 }))).toEqual([
      'rules.0.archiveAfterDays',
    ]);
    expect(await refused({ retention: { days: 90 }, archiveAfterDays: 30 })).toBeUndefined();
    const six = Array.from({ length: 6 }, () => rule());
    await expect(createPolicy(account.as('operator'), policyInput({ rules: six }))).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });

  test('has a name of its own in the account, and another account may use it too', async () => {
    const [account, other] = [await testAccount(database), await testAccount(database)];
    const input = policyInput();
    await createPolicy(account.as('operator'), input);
    await expect(createPolicy(account.as('operator'), input)).rejects.toMatchObject({
      code: 'already_exists',
      fields: { name: expect.any(String) },
    });
    await createPolicy(other.as('operator'), input);
  });

  test('is one of fifty at most: the counter refuses the next one, and a deleted one makes room', async () => {
    const account = await testAccount(database);
    const first = await createPolicy(account.as('operator'), policyInput());
    await owner
      .update(quotaCounters)
      .set({ used: 50 })
      .where(sql`account_id = ${account.id} and name = 'policies'`);
    await expect(createPolicy(account.as('operator'), policyInput())).rejects.toMatchObject({
      code: 'quota_exceeded',
      reason: 'policies',
    });
    await deletePolicy(account.as('administrator'), { id: first.id, confirm: first.name });
    await createPolicy(account.as('operator'), policyInput());
  });

  test('that was changed meanwhile is not overwritten', async () => {
    const account = await testAccount(database);
    const { policy } = await bound(account);
    const changed = await updatePolicy(account.as('operator'), { ...edit(policy), description: 'one' });
    await expect(
      updatePolicy(account.as('administrator'), { ...edit(policy), description: 'two' }),
    ).rejects.toMatchObject({
      code: 'state_conflict',
      reason: 'changed_meanwhile',
      message: expect.stringContaining(changed.updatedBy),
    });
    expect(await getPolicy(account.as('auditor'), { id: policy.id })).toMatchObject({
      description: 'one',
      version: 2,
    });
  });

  test('edited by two at once keeps one of the edits', async () => {
    const account = await testAccount(database);
    const { policy } = await bound(account);
    const edits = ['one', 'two', 'three'].map((description) =>
      updatePolicy(account.as('operator'), { ...edit(policy), description }),
    );
    const results = await Promise.allSettled(edits);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('takes no rule of another policy, and none twice', async () => {
    const account = await testAccount(database);
    const [{ policy }, { policy: other }] = [await bound(account), await bound(account)];
    for (const rules of [[other.rules[0]!], [policy.rules[0]!, policy.rules[0]!]]) {
      await expect(updatePolicy(account.as('operator'), { ...edit(policy), rules })).rejects.toMatchObject({
        code: 'invalid_input',
      });
    }
  });

  test('keeps the next run of a rule whose schedule stays, and plans anew for one that changes', async () => {
    const account = await testAccount(database);
    const { policy, bindingId } = await bound(account, { rules: [rule(), rule({ name: 'Other' })] });
    const waiting = { waitingReason: 'client_offline', waitingExplanation: 'The client was offline.' };
    await owner.update(policyTimers).set({ ...waiting, runAt: new Date(0), lookAt: new Date(0) });
    const [first, second] = policy.rules;
    const schedule = { ...second!.schedule, timeZone: 'Asia/Tokyo' };
    await updatePolicy(account.as('operator'), {
      ...edit(policy),
      rules: [
        { ...first!, retention: { days: 5 } },
        { ...second!, schedule },
      ],
    });
    const timers = await timersOf(bindingId);
    expect(timers.find(({ ruleId }) => ruleId === first!.id)).toMatchObject({
      runAt: new Date(0),
      ...waiting,
    });
    const changed = timers.find(({ ruleId }) => ruleId === second!.id)!;
    expect(changed).toMatchObject({ waitingReason: null });
    expect(changed.runAt!.getTime()).toBeGreaterThan(Date.now());
    expect(changed.runAt!.getUTCHours()).toBe(17);
  });
});

describe('what a policy is bound to', () => {
  test('is never a copy, an archive, a vault of other sources or one on its way out', async () => {
    const account = await testAccount(database);
    const { policy, source } = await bound(account);
    const place = { accountId: account.id, resourceGroupId: account.groupId };
    const attempt = async (vault: object) => {
      const { id: vaultId } = await makeVault(owner, { ...place, ...vault });
      const input = { policyId: policy.id, sourceId: source.id, vaultId, paths: ['/srv'] };
      return bindPolicy(account.as('operator'), input).catch((error) => [
        error.reason,
        Object.keys(error.fields ?? {}),
      ]);
    };
    expect(await attempt({ kind: 'replication_target' })).toEqual([
      'replication_target_takes_no_backups',
      ['vaultId'],
    ]);
    expect(await attempt({ kind: 'archive' })).toEqual(['archive_takes_no_backups', ['vaultId']]);
    expect(await attempt({ kind: 'database' })).toEqual(['vault_takes_other_sources', ['vaultId']]);
    expect(await attempt({ status: 'deleting' })).toEqual(['vault_not_ready', ['vaultId']]);
    expect(await attempt({ status: 'error' })).toMatchObject({ isEnabled: true });
  });

  test.each(['replication_target', 'archive', 'database'] as const)(
    'is never a vault of the kind %s, whatever a verb says: the database refuses it',
    async (kind) => {
      const account = await testAccount(database);
      const { policy, source, bindingId } = await bound(account);
      const vault = await makeVault(owner, { accountId: account.id, resourceGroupId: account.groupId, kind });
      const row = { accountId: account.id, policyId: policy.id, sourceId: source.id, vaultId: vault.id };
      const insert = owner
        .insert(policyBindings)
        .values({ ...row, id: 'pb-00000000000000000000', paths: ['/srv'], createdBy: 'u' });
      await expect(insert).rejects.toMatchObject({ cause: { code: 'CV005' } });
      const move = owner
        .update(policyBindings)
        .set({ vaultId: vault.id })
        .where(eq(policyBindings.id, bindingId));
      await expect(move).rejects.toMatchObject({ cause: { code: 'CV005' } });
    },
  );

  test('is bound once, with whole paths, to a host whose client is not revoked', async () => {
    const account = await testAccount(database);
    const { policy, source, vault } = await bound(account);
    const input = { policyId: policy.id, sourceId: source.id, vaultId: vault.id, paths: ['/srv/data'] };
    const refused = (change: Partial<typeof input>) =>
      expect(bindPolicy(account.as('operator'), { ...input, ...change })).rejects;
    await refused({}).toMatchObject({ code: 'already_exists', reason: 'bound_already' });
    await refused({ paths: ['srv'] }).toMatchObject({ fields: { 'paths.0': expect.any(String) } });
    const gone = await makeEnds(account, { client: { revokedAt: new Date() } });
    await refused({ sourceId: gone.source.id }).toMatchObject({ reason: 'client_revoked' });
    await bindPolicy(account.as('operator'), { ...input, paths: ['/etc'] });
  });

  test('is shown by policy, vault and data source, and to its own account alone', async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    const { policy, vault, source } = await bound(account);
    await bound(account);
    for (const filter of [{ policyId: policy.id }, { vaultId: vault.id }, { sourceId: source.id }]) {
      expect((await listPolicyBindings(account.as('auditor'), filter)).items).toHaveLength(1);
      expect((await listPolicyBindings(stranger.as('auditor'), filter)).items).toEqual([]);
    }
    expect((await listPolicies(account.as('auditor'), {})).items).toHaveLength(2);
    expect((await listPolicies(stranger.as('auditor'), {})).items).toEqual([]);
  });

  test('switched off and on again runs next by the schedule', async () => {
    const account = await testAccount(database);
    const { bindingId } = await bound(account);
    await updateBinding(account.as('operator'), { id: bindingId, isEnabled: false });
    await owner.update(policyTimers).set({ lastPointAt: new Date(0) });
    const on = await updateBinding(account.as('operator'), { id: bindingId, isEnabled: true });
    expect(new Date(on.nextRun!.at).getTime()).toBeGreaterThan(Date.now());
    expect(await timersOf(bindingId)).toMatchObject([{ lastPointAt: new Date(0) }]);
  });
});

describe('a rule that archives into a vault', () => {
  test('needs an archive vault that takes the points of every bound vault, and outlives it', async () => {
    const account = await testAccount(database);
    const { policy, vault } = await bound(account);
    const place = { accountId: account.id, resourceGroupId: account.groupId };
    const into = (archiveVaultId: string) =>
      updatePolicy(account.as('operator'), {
        ...edit(policy),
        rules: [{ ...policy.rules[0]!, retention: { days: 100 }, archiveAfterDays: 30, archiveVaultId }],
      });
    const far = await makeVault(owner, { ...place, kind: 'archive', region: 'eu-central-1' });
    const other = await makeVault(owner, place);
    for (const { id } of [far, other, { id: 'v-nowhere' }]) {
      await expect(into(id)).rejects.toMatchObject({
        fields: { 'rules.0.archiveVaultId': expect.any(String) },
      });
    }
    const near = await makeVault(owner, { ...place, kind: 'archive', region: vault.region });
    expect((await into(near.id)).rules[0]).toMatchObject({ archiveVaultId: near.id });
    const elsewhere = await makeEnds(account, { vault: { region: 'eu-central-1' } });
    const binding = { sourceId: elsewhere.source.id, vaultId: elsewhere.vault.id, paths: ['/srv'] };
    await expect(
      bindPolicy(account.as('operator'), { policyId: policy.id, ...binding }),
    ).rejects.toMatchObject({ reason: 'archive_vault_unfit' });
    await owner.delete(vaults).where(eq(vaults.id, near.id));
    expect((await getPolicy(account.as('auditor'), { id: policy.id })).rules[0]).toMatchObject({
      archiveAfterDays: 30,
      archiveVaultId: null,
    });
  });
});

describe('a policy that replicates', () => {
  const targetOf = (account: TestAccount) =>
    makeVault(owner, {
      accountId: account.id,
      resourceGroupId: account.groupId,
      kind: 'replication_target',
      region: 'eu-central-1',
    });
  const runningFrom = (vaultId: string) =>
    owner.select().from(replications).where(eq(replications.sourceVaultId, vaultId));

  test('starts the replication of each bound vault to the target that was chosen for it', async () => {
    const account = await testAccount(database);
    const { policy, vault } = await bound(account);
    const target = await targetOf(account);
    const targets = [{ vaultId: vault.id, targetVaultId: target.id }];
    const saved = await updatePolicy(account.as('administrator'), {
      ...edit(policy),
      replicates: true,
      targets,
    });
    expect(saved.bindings[0]!.replication).toMatchObject({ targetVaultName: target.name });
    expect(await runningFrom(vault.id)).toMatchObject([{ targetVaultId: target.id, state: 'active' }]);
    const actions = await owner.select({ action: auditEvents.action }).from(auditEvents);
    expect(actions.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['replications.start', 'policies.update']),
    );
    // What runs already is left as it is, and a vault bound later is asked about too.
    const again = await updatePolicy(account.as('operator'), { ...edit(saved), description: 'same' });
    const { vault: second, source } = await makeEnds(account);
    const input = { policyId: again.id, sourceId: source.id, vaultId: second.id, paths: ['/srv'] };
    await expect(bindPolicy(account.as('administrator'), input)).rejects.toMatchObject({
      reason: 'target_missing',
      fields: { [`targets.${second.id}`]: expect.stringContaining('a target serves one vault only') },
    });
    await bindPolicy(account.as('administrator'), { ...input, targetVaultId: (await targetOf(account)).id });
    expect(await runningFrom(second.id)).toHaveLength(1);
  });

  test('asks the one evaluator: its reason stands at the vault, and nothing of the change is saved', async () => {
    const account = await testAccount(database);
    const { policy, vault } = await bound(account);
    const { vault: other, source } = await makeEnds(account);
    await bindPolicy(account.as('operator'), {
      policyId: policy.id,
      sourceId: source.id,
      vaultId: other.id,
      paths: ['/a'],
    });
    const target = await targetOf(account);
    const targets = [vault, other].map(({ id }) => ({ vaultId: id, targetVaultId: target.id }));
    const input = { ...edit(policy), replicates: true, targets };
    const error = await updatePolicy(account.as('administrator'), input).catch((reason) => reason);
    expect(error).toMatchObject({ code: 'not_eligible', reason: 'target_already_used' });
    expect(Object.keys(error.fields)).toHaveLength(1);
    expect(await runningFrom(vault.id)).toEqual([]);
    expect(await owner.select().from(policies).where(eq(policies.id, policy.id))).toMatchObject([
      { replicates: false, version: 1 },
    ]);
  });

  test('needs the role and the account state that starting a replication needs', async () => {
    const account = await testAccount(database);
    const { policy, vault } = await bound(account);
    const targets = [{ vaultId: vault.id, targetVaultId: (await targetOf(account)).id }];
    const input = { ...edit(policy), replicates: true, targets };
    await expect(updatePolicy(account.as('operator'), input)).rejects.toMatchObject({
      code: 'forbidden',
      reason: 'replication.start',
    });
    await owner.update(accounts).set({ state: 'overdue' }).where(eq(accounts.accountId, account.id));
    await expect(updatePolicy(account.as('administrator'), input)).rejects.toMatchObject({
      reason: 'account_overdue',
    });
    expect(await runningFrom(vault.id)).toEqual([]);
  });

  test('takes a replication that was started on the page of the vault as its own, and ends none', async () => {
    const account = await testAccount(database);
    const { policy, vault } = await bound(account);
    await makeReplication(owner, { source: vault, target: await targetOf(account) });
    const on = await updatePolicy(account.as('operator'), { ...edit(policy), replicates: true });
    await updatePolicy(account.as('operator'), { ...edit(on), replicates: false });
    expect(await runningFrom(vault.id)).toMatchObject([{ state: 'active' }]);
  });
});

describe('the preview', () => {
  test('tells next runs, what a year keeps, and against the policy as it is, what changes', async () => {
    const account = await testAccount(database);
    const { policy } = await bound(account);
    const rules = [{ ...policy.rules[0]!, retention: { days: 7, monthlyDays: 365 } }];
    const preview = await previewPolicy(account.as('auditor'), { id: policy.id, name: policy.name, rules });
    expect(PolicyPreview.parse(preview)).toEqual(preview);
    expect(preview.nextRuns).toHaveLength(10);
    expect(preview.changes).toMatchObject([{ topic: 'retention', isWeaker: true }]);
    expect(preview.rules[0]!.totals.map(({ by }) => by)).toEqual(['base', 'monthly']);
    expect(preview.bindings).toMatchObject([{ points: 0, heldBytes: null }]);
    const stranger = await testAccount(database);
    await expect(previewPolicy(stranger.as('auditor'), { id: policy.id, rules })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('the walls around policies', () => {
  test('no role rewrites the history of runs', async () => {
    for (const statement of [sql`update policy_runs set state = 'complete'`, sql`delete from policy_runs`]) {
      for (const db of [app, database.engine]) {
        await expect(db.execute(statement)).rejects.toMatchObject({ cause: { code: '42501' } });
      }
    }
  });

  test('the database holds the limits of archiving and of retention', async () => {
    const account = await testAccount(database);
    const { policy } = await bound(account);
    const change = (values: object) =>
      owner.update(policyRules).set(values).where(eq(policyRules.policyId, policy.id));
    await expect(change({ archiveAfterDays: 29, retentionDays: 200 })).rejects.toThrow();
    await expect(change({ archiveAfterDays: 30, retentionDays: 89 })).rejects.toThrow();
    await expect(change({ retentionDays: 364_636 })).rejects.toThrow();
    await change({ archiveAfterDays: 30, retentionDays: 90 });
  });
});
