import { join } from 'node:path';
import { createAccount, createUser } from '@/lib/accounts';
import { createEnrolmentToken } from '@/lib/clients';
import { type Context, createContext } from '@/lib/context';
import { acceptInvitation, listInvitations, shareVault } from '@/lib/resource-shares';
import { createVault, getVault } from '@/lib/vaults';
import { runCommand } from '../measure';
import { type Installation, root } from './installation';
import { waitFor } from './wait-for';

export const region = 'eu-west-1';
export const vaultName = 'bench';
export const program = join(root, 'dist/crossvault.js');

export interface Side {
  ctx: Context;
  vaultId: string;
  clientId: string;
  /** What enrolment left on its host. */
  configDir: string;
}

/** Two accounts, each with a vault and an enrolled client; the second one's vault is shared with the first. */
export async function makeAccounts(
  installation: Installation,
  folder: string,
): Promise<{ source: Side; target: Side }> {
  const source = await makeSide(installation, join(folder, 'source-client'), 'standard');
  const target = await makeSide(installation, join(folder, 'target-client'), 'replication_target');
  await shareVault(target.ctx, {
    mode: 'new',
    vaultId: target.vaultId,
    name: 'for-the-benchmark',
    principals: [{ type: 'account', id: source.ctx.accountId }],
  });
  const [invitation] = (await listInvitations(source.ctx, { direction: 'received' })).items;
  await acceptInvitation(source.ctx, { id: invitation!.id });
  return { source, target };
}

/** How the administrator of an account signs in. */
export const signInOf = (accountId: string) => ({
  email: `${accountId}@bench.example`,
  password: 'not a secret at all',
});

/** An account with an administrator and a vault. */
export async function makeOwner(
  { owner, app }: Installation,
  kind: 'standard' | 'replication_target' | 'disk_backup' | 'database',
): Promise<Pick<Side, 'ctx' | 'vaultId'>> {
  const { accountId, resourceGroupId } = await createAccount(owner, { name: `Bench ${kind}` });
  const user = { accountId, name: 'Bench', role: 'administrator' as const, ...signInOf(accountId) };
  const { id } = await createUser(owner, user);
  const actor = { kind: 'user' as const, id, userId: id, name: user.name, role: user.role };
  const ctx = createContext({ accountId, actor, db: app });
  const capacity = kind === 'disk_backup' ? { capacityGib: 1024 } : {};
  const vault = await createVault(ctx, { kind, name: vaultName, region, resourceGroupId, ...capacity });
  await waitFor(async () => (await getVault(ctx, { id: vault.id })).status === 'created');
  return { ctx, vaultId: vault.id };
}

/** An owner and a client that is enrolled with the account. */
export async function makeSide(
  installation: Installation,
  configDir: string,
  kind: 'standard' | 'replication_target' | 'database',
): Promise<Side> {
  const { ctx, vaultId } = await makeOwner(installation, kind);
  const { command } = await createEnrolmentToken(ctx, { placement: 'server', region });
  await runCommand([installation.node, program, ...command.split(' ').slice(1)], {
    CROSSVAULT_CLIENT_DIR: configDir,
  });
  const { $client: sql } = installation.owner;
  const [client] = await sql`select id from clients where account_id = ${ctx.accountId}`;
  return { ctx, vaultId, clientId: client!.id, configDir };
}
