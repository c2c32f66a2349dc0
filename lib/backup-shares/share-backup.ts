import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { backupShares } from '@/db/schema';
import { violates } from '@/db/violations';
import { newId } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { readVerb, writeVerb } from '@/lib/verb';
import {
  getShareRow,
  loadBackupFacts,
  loadProjectFacts,
  type ProjectOfShare,
  toBackupShare,
} from './internal';
import { backupRefusal, isShareRefusal, projectRefusal, shareError } from './rules';
import { type BackupShare, CheckShareProject, ShareBackup, type ShareProjectCheck } from './schemas';

/** Offers a backup to projects of the same region. All of them, or none when one cannot have it. */
export const shareBackup = writeVerb({
  action: 'backup_shares.create',
  permission: 'shares.manage',
  input: ShareBackup,
  async run({ ctx, tx, input, audit }): Promise<{ items: BackupShare[] }> {
    const projectIds = [...new Set(input.projectIds)];
    const backup = await loadBackupFacts(tx, ctx.accountId, input.pointId);
    const items: BackupShare[] = [];
    for (const projectId of projectIds) {
      const at = `projectIds.${input.projectIds.indexOf(projectId)}`;
      const project = await loadProjectFacts(tx, input.pointId, projectId);
      const refusal = projectRefusal(backup, project);
      if (refusal) throw atField(refusal, at);
      const id = await insertShare(tx, ctx, { pointId: input.pointId, project: project!, at });
      backup.openShares = [...backup.openShares, { projectId }];
      items.push(await toBackupShare(tx, await getShareRow(tx, ctx.accountId, id)));
    }
    await audit({
      resourceKind: 'backup_point',
      resourceId: input.pointId,
      resourceName: items[0]?.backup.name,
      after: { sharedWith: items.map(({ id, recipient }) => ({ shareId: id, ...recipient })) },
    });
    const recipients = items.map(({ recipient }) => recipient.accountId);
    await tx.execute(sql`select wake_tickers(${`{${recipients.join(',')}}`}::text[])`);
    return { items };
  },
});

/** Whether one more project may be added to the list of a share, before anything is shared. */
export const checkShareProject = readVerb({
  action: 'backup_shares.check_project',
  permission: 'shares.manage',
  input: CheckShareProject,
  async run({ ctx, tx, input }): Promise<ShareProjectCheck> {
    const backup = await loadBackupFacts(tx, ctx.accountId, input.pointId);
    const project = await loadProjectFacts(tx, input.pointId, input.projectId);
    // A missing key is no reason to stop here: it can be shared from the same dialog.
    const refusal = projectRefusal(backup, project && { ...project, missingKeys: [] });
    if (refusal) throw atField(refusal, 'projectId');
    return {
      projectId: input.projectId,
      account: { id: project!.accountId, name: project!.accountName },
      missingKeys: project!.keys,
    };
  },
});

/** Why a backup cannot be shared at all, for lists and menus; null when it can. */
export const getShareRefusal = async (tx: Tx, accountId: string, pointId: string) =>
  backupRefusal(await loadBackupFacts(tx, accountId, pointId));

function atField(refusal: CrossvaultError, field: string): CrossvaultError {
  const { code, message, reason } = refusal;
  return new CrossvaultError(code, message, { reason, fields: { [field]: message } });
}

async function insertShare(
  tx: Tx,
  ctx: { accountId: string; actor: { name: string } },
  { pointId, project, at }: { pointId: string; project: ProjectOfShare; at: string },
): Promise<string> {
  const id = newId('bs');
  try {
    await tx.transaction((inner) =>
      inner.insert(backupShares).values({
        accountId: ctx.accountId,
        id,
        pointId,
        vaultId: '',
        recipientAccountId: project.accountId,
        recipientProjectId: project.id,
        createdBy: ctx.actor.name,
      }),
    );
    return id;
  } catch (error) {
    throw asShareError(error, at);
  }
}

/** What the database refused because something changed beside this request. */
function asShareError(error: unknown, field: string): unknown {
  if (violates(error, 'quota_exceeded')) {
    const why = 'An account has up to 500 open shares of backups. Cancel some first.';
    return new CrossvaultError('quota_exceeded', why, { reason: 'backup_shares', cause: error });
  }
  if (violates(error, 'backup_shared_once')) return atField(shareError(6703, { cause: error }), field);
  if (violates(error, 'backup_share_place')) return atField(shareError(6701, { cause: error }), field);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const number =
    cause instanceof Error ? Number(/^BackupService\.(\d+)$/.exec(cause.message)?.[1]) : Number.NaN;
  return isShareRefusal(number) ? atField(shareError(number, { cause: error }), field) : error;
}
