import { and, asc, eq, inArray, or, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { inAccount, type Tx } from '@/db/client';
import { jobs, vaults } from '@/db/schema';
import type { ClientIdentity, EngineDoor } from '@/lib/clients';
import type { JobOffer } from '@/lib/engine/wire';
import type { StartBackintBackup } from '@/lib/engine/wire-backint';
import { CrossvaultError } from '@/lib/errors';
import { endAbandonedJobs, findVaultWithKey, startJobFromClient, toJobOffer } from '@/lib/jobs';
import { VaultKind, vaultKinds } from '@/lib/vaults/schemas';
import { type HanaInstance, requireInstance } from './instance';
import { pathsOfBackup } from './points-paths';

type Request = z.output<typeof StartBackintBackup>;

/**
 * A backup that HANA has started. How long it is kept follows from the registered instance, by the backup's level, and is
 * fixed with it: neither the host nor a later change of the instance shortens it.
 */
export async function startBackintBackup(
  door: EngineDoor,
  identity: ClientIdentity,
  request: Request,
): Promise<JobOffer> {
  const found = await inAccount(door.db, identity.accountId, (tx) => prepare(door, tx, identity, request));
  if ('offer' in found) return found.offer;
  const { instance, vaultId } = found;
  const { call, paths } = request;
  const { dataRetentionDays, logRetentionDays } = instance.config;
  return startJobFromClient(door, identity, {
    vaultId,
    spec: {
      sourceId: instance.id,
      paths: pathsOfBackup(call.user, call.level, paths),
      excludes: [],
      retentionDays: call.level === 'LOG' ? logRetentionDays : dataRetentionDays,
      backint: call,
    },
  });
}

type Prepared = { offer: JobOffer } | { instance: HanaInstance; vaultId: string };

async function prepare(
  door: EngineDoor,
  tx: Tx,
  identity: ClientIdentity,
  request: Request,
): Promise<Prepared> {
  const instance = await requireInstance(tx, identity, request.instance);
  requireOwnSystem(instance, request.call.user);
  const begun = await findBegun(tx, identity, request.call.callId);
  if (begun) return { offer: begun };
  await endAbandonedJobs(tx, identity, request.runningJobs, door.clock.now());
  return { instance, vaultId: await findVaultId(tx, identity.accountId, request.vault) };
}

function requireOwnSystem({ name, config }: HanaInstance, user: string): void {
  if (user.endsWith(`@${config.sid}`)) return;
  throw new CrossvaultError(
    'not_eligible',
    `The instance ${name} is ${config.sid}, and this backup is of ${user}. Name its own instance in the parameter file.`,
    { reason: 'other_system' },
  );
}

async function findBegun(
  tx: Tx,
  { accountId, clientId }: ClientIdentity,
  callId: string,
): Promise<JobOffer | null> {
  const [job] = await tx
    .select()
    .from(jobs)
    .where(
      and(
        eq(jobs.accountId, accountId),
        eq(jobs.clientId, clientId),
        eq(jobs.status, 'running'),
        eq(sql`${jobs.spec} -> 'backint' ->> 'callId'`, callId),
      ),
    );
  const found = job && (await findVaultWithKey(tx, accountId, job.vaultId));
  return found ? toJobOffer(job, found.vault) : null;
}

async function findVaultId(tx: Tx, accountId: string, named: string | null): Promise<string> {
  const kinds = VaultKind.options.filter(
    (kind) => vaultKinds[kind].intake === 'backups' && vaultKinds[kind].sources.includes('hana'),
  );
  const rows = await tx
    .select({ id: vaults.id, name: vaults.name })
    .from(vaults)
    .where(
      and(
        eq(vaults.accountId, accountId),
        named === null ? inArray(vaults.kind, kinds) : or(eq(vaults.id, named), eq(vaults.name, named)),
      ),
    )
    .orderBy(asc(vaults.name))
    .limit(10);
  if (rows.length === 1) return rows[0]!.id;
  if (rows.length === 0)
    throw new CrossvaultError(
      'not_found',
      named === null
        ? 'This account has no vault that takes backups of SAP HANA. Create one in the console.'
        : `This account has no vault "${named}".`,
      { reason: 'vault_not_found' },
    );
  throw new CrossvaultError(
    'invalid_input',
    `Name one vault in the parameter file by its id: ${rows.map(({ id, name }) => `${name} (${id})`).join(', ')}.`,
    { reason: 'vault_ambiguous' },
  );
}
