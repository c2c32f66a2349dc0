import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '@/db/client';
import { createAccount, createUser } from '@/lib/accounts';
import { createEnrolmentToken } from '@/lib/clients';
import { type Context, createContext } from '@/lib/context';
import { invariant } from '@/lib/errors';
import { createPolicy } from '@/lib/policies';
import { startReplication } from '@/lib/replication';
import { acceptInvitation, listInvitations, shareVault } from '@/lib/resource-shares';
import { listDataSources } from '@/lib/sources';
import { createVault, getVault } from '@/lib/vaults';
import { crossvault } from './crossvault-command';
import { changeHost, createHost } from './hosts';
import { backupOffice, type DemoAccount, type DemoClient, demoAccounts, harbor, northwind } from './plan';

export interface DemoOptions {
  owner: Database;
  app: Database;
  /** Holds `hosts/<name>`, the data, and `clients/<name>`, what enrolment leaves on each host. */
  folder: string;
  gatewayUrl: string;
  /** The built client. */
  program: string;
  log(line: string): void;
}

export interface SignIn {
  account: string;
  accountId: string;
  email: string;
  password: string;
  role: string;
}

interface SeededAccount {
  plan: DemoAccount;
  ctx: Context;
  vaultIds: Map<string, string>;
}

/**
 * Makes the demo accounts through the same doors that their users have: verbs of their administrators, and the client
 * command on hosts of their own. Every backup point is a real backup of real files.
 */
export async function seedDemo(options: DemoOptions): Promise<SignIn[]> {
  const signIns: SignIn[] = [];
  const seeded = new Map<DemoAccount, SeededAccount>();
  for (const plan of demoAccounts) {
    options.log(`Demo account ${plan.name}`);
    seeded.set(plan, await seedAccount(options, plan, signIns));
  }
  for (const account of seeded.values()) {
    for (const client of account.plan.clients) await seedClient(options, account, client);
  }
  await protectNorthwind(options, seeded);
  await replicateHarbor(seeded);
  return signIns;
}

async function seedAccount(
  options: DemoOptions,
  plan: DemoAccount,
  signIns: SignIn[],
): Promise<SeededAccount> {
  const { accountId, name, resourceGroupId } = await createAccount(options.owner, { name: plan.name });
  const password = randomBytes(9).toString('base64url');
  const actors: Context['actor'][] = [];
  for (const { mailbox, ...user } of plan.users) {
    const email = `${mailbox}@${plan.domain}`;
    const { id } = await createUser(options.owner, { ...user, accountId, email, password });
    actors.push({ kind: 'user', id, userId: id, name: user.name, role: user.role });
    signIns.push({ account: name, accountId, email, password, role: user.role });
  }
  const actor = actors.find(({ role }) => role === 'administrator');
  invariant(actor, 'every demo account has an administrator');
  const ctx = createContext({ accountId, actor, db: options.app });
  const vaultIds = new Map<string, string>();
  for (const vault of plan.vaults) {
    const { id } = await createVault(ctx, { ...vault, resourceGroupId });
    vaultIds.set(vault.name, id);
  }
  for (const id of vaultIds.values()) await waitUntilCreated(ctx, id);
  return { plan, ctx, vaultIds };
}

/** The engine makes a vault's keys and storage; nothing can be written before. */
async function waitUntilCreated(ctx: Context, id: string): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    const vault = await getVault(ctx, { id });
    if (vault.status === 'created') return;
    if (vault.status === 'error') throw new Error(`Vault ${vault.name}: ${vault.statusReason}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The engine did not initialise vault ${id} within a minute.`);
}

async function seedClient(options: DemoOptions, account: SeededAccount, client: DemoClient): Promise<void> {
  const config = join(options.folder, 'clients', client.name);
  const host = join(options.folder, 'hosts', client.name);
  mkdirSync(host, { recursive: true });
  const { command } = await createEnrolmentToken(account.ctx, client);
  const words = command.split(' ').slice(1);
  await crossvault(options.program, config, [...words, '--name', client.name]);
  if (!client.host || !client.vault) return;
  createHost(join(host, 'data'), client.host);
  for (let day = 0; day < client.points; day++) {
    if (day > 0) changeHost(join(host, 'data'), client.host, day);
    options.log(`Backup ${day + 1} of ${client.points} on ${client.name}`);
    const vaultId = account.vaultIds.get(client.vault);
    invariant(vaultId, `${client.name} names a vault of its account`);
    await crossvault(options.program, config, ['backup', join(host, 'data'), '--vault', vaultId]);
  }
}

/** The file server's folders each night, kept by generations; the host's daemon takes the runs. */
async function protectNorthwind(
  { folder }: DemoOptions,
  seeded: Map<DemoAccount, SeededAccount>,
): Promise<void> {
  const account = seeded.get(northwind);
  invariant(account, 'the account is seeded');
  const { ctx, vaultIds, plan } = account;
  const host = plan.clients.find(({ host }) => host !== undefined);
  const { items } = await listDataSources(ctx, {});
  const source = items.find(({ name }) => name === host?.name);
  const vaultId = vaultIds.get(host?.vault ?? '');
  invariant(host && source && vaultId, 'its host was backed up');
  await createPolicy(ctx, {
    name: 'Nightly, by generations',
    description: 'File servers of the head office.',
    rules: [
      {
        name: 'Nightly',
        schedule: {
          kind: 'cron',
          expression: '0 2 * * *',
          timeZone: 'Asia/Shanghai',
          startAt: ctx.clock.now().toISOString(),
        },
        retention: { days: 30, weeklyDays: 90, monthlyDays: 365 },
      },
    ],
    bindings: [{ sourceId: source.id, vaultId, paths: [join(folder, 'hosts', host.name, 'data')] }],
  });
}

async function replicateHarbor(seeded: Map<DemoAccount, SeededAccount>): Promise<void> {
  const source = seeded.get(harbor);
  const target = seeded.get(backupOffice);
  invariant(source && target, 'both accounts are seeded');
  const sourceVaultId = source.vaultIds.get('depot-records');
  const targetVaultId = target.vaultIds.get('harbor-copy');
  invariant(sourceVaultId && targetVaultId, 'both vaults are made');
  await shareVault(target.ctx, {
    mode: 'new',
    vaultId: targetVaultId,
    name: 'copies-for-harbor',
    principals: [{ type: 'account', id: source.ctx.accountId }],
  });
  const invitations = await listInvitations(source.ctx, { direction: 'received' });
  const invitation = invitations.items[0];
  invariant(invitation, 'the invitation arrived');
  await acceptInvitation(source.ctx, { id: invitation.id });
  await startReplication(source.ctx, { sourceVaultId, targetVaultId });
}
