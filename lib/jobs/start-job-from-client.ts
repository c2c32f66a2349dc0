import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import type { z } from 'zod';
import { inAccount, type Tx } from '@/db/client';
import { clients, jobs, vaults } from '@/db/schema';
import { type ClientIdentity, clientContext, credentialRefused, type EngineDoor } from '@/lib/clients';
import { newId } from '@/lib/context';
import type { JobOffer, StartJobRequest, VaultList } from '@/lib/engine/wire';
import { invariant, notFound } from '@/lib/errors';
import { VaultKind, vaultKinds } from '@/lib/vaults/schemas';
import { writeAudit } from '@/lib/verb';
import { getAccountState, getVaultWithKey } from './internal';
import { getSourceWithClient, type SourceRow, toOfferedSource } from './job-sources';
import { toJobOffer } from './offer-jobs';
import { requireAbsolutePaths } from './queue-job';
import { backupRefusal, sourceKindOf } from './rules';
import { type BackupSpec, streamPath } from './schemas';

/** A backup that was started on the host: running from the first, under the rules of `startBackup`. */
export function startJobFromClient(
  door: EngineDoor,
  identity: ClientIdentity,
  { vaultId, spec }: z.output<typeof StartJobRequest>,
): Promise<JobOffer> {
  const { accountId, clientId } = identity;
  const now = door.clock.now();
  return inAccount(door.db, accountId, async (tx) => {
    const { vault, keyState } = await getVaultWithKey(tx, accountId, vaultId);
    const [client] = await tx
      .select()
      .from(clients)
      .where(and(eq(clients.accountId, accountId), eq(clients.id, clientId), isNull(clients.revokedAt)))
      .for('share');
    if (!client) throw credentialRefused();
    const source = await findOwnSource(tx, identity, spec);
    const refusal = backupRefusal(vault, keyState, await getAccountState(tx, accountId), {
      sourceKind: source?.kind ?? sourceKindOf(spec),
      now,
    });
    if (refusal) throw refusal;
    const paths = spec.stream ? [streamPath(spec.stream)] : [...new Set(spec.paths)];
    if (!spec.stream && !source) {
      const named = spec.paths.map((path, index) => [`spec.paths.${index}`, path]);
      requireAbsolutePaths(Object.fromEntries(named), client.platform);
    }
    const [job] = await tx
      .insert(jobs)
      .values({
        accountId,
        id: newId('job'),
        kind: 'backup',
        status: 'running',
        clientId,
        vaultId,
        spec: { ...withoutArchiving(spec), paths },
        attempt: 1,
        fence: 1,
        createdBy: client.name,
        createdAt: now,
        startedAt: now,
        heartbeatAt: now,
      })
      .returning();
    invariant(job, 'an insert returns its row');
    await writeAudit(clientContext(door, client), tx, 'jobs.start_backup', {
      resourceKind: 'job',
      resourceId: job.id,
      resourceName: vault.name,
      after: {
        clientId,
        clientName: client.name,
        vaultId,
        paths,
        stream: spec.stream,
        backint: spec.backint,
        retentionDays: spec.retentionDays,
      },
    });
    return toJobOffer(job, vault, source && toOfferedSource(source));
  });
}

/** A registered source that the spec names must be this client's own: a host speaks for no other. */
async function findOwnSource(
  tx: Tx,
  { accountId, clientId }: ClientIdentity,
  { sourceId, stream, backint }: BackupSpec,
): Promise<SourceRow | null> {
  if (!sourceId) return null;
  const { source } = await getSourceWithClient(tx, accountId, sourceId);
  if (source.clientId !== clientId || stream) throw notFound('data source');
  if ((source.kind === 'hana') !== (backint !== undefined)) throw notFound('data source');
  return source;
}

/** When points move to the archive is for the account's users and policies to say, not for a protected host. */
function withoutArchiving({ archiveAfterDays: _, archiveVaultId: __, ...spec }: BackupSpec): BackupSpec {
  return spec;
}

/** The vaults that this client may back up into, with what each of them takes. */
export function listBackupVaults(
  door: EngineDoor,
  { accountId }: ClientIdentity,
): Promise<z.output<typeof VaultList>> {
  const kinds = VaultKind.options.filter((kind) => vaultKinds[kind].intake === 'backups');
  return inAccount(door.db, accountId, async (tx) => {
    const rows = await tx
      .select({ id: vaults.id, name: vaults.name, region: vaults.region, kind: vaults.kind })
      .from(vaults)
      .where(and(eq(vaults.accountId, accountId), inArray(vaults.kind, kinds), eq(vaults.status, 'created')))
      .orderBy(asc(vaults.name), asc(vaults.id));
    return { vaults: rows.map(({ kind, ...vault }) => ({ ...vault, takes: [...vaultKinds[kind].sources] })) };
  });
}
