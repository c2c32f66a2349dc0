import { inAccount } from '@/db/client';
import { nameToHex } from '@/lib/engine/core/names';
import { CrossvaultError } from '@/lib/errors';
import { releasePin } from '../index/pins';
import { openVault } from '../vaults';
import { BeginBackupRequest, CommitRequest } from '../wire';
import { authenticate, type Caller, claimOf } from './authenticate';
import type { BackupSession } from './backup-session';
import { commitBackup, findCommitted } from './commit-backup';
import type { Exchange, Route } from './environment';
import { readAttempt, readJson, readNames, sendBytes, sendJson } from './http';
import { type JobClaim, requireRunningJob } from './job-guard';
import { loadChunks } from './open-point';
import { ReceiveBuffer } from './receive-buffer';
import { receiveSteps } from './receive-steps';
import { sendChunks } from './send-chunks';

export const backupRoutes: Route[] = [
  { method: 'POST', path: '/v1/jobs/:id/backup/begin', handle: begin },
  { method: 'POST', path: '/v1/jobs/:id/backup/known', handle: known },
  { method: 'POST', path: '/v1/jobs/:id/backup/parent-pages', handle: parentPages },
  { method: 'POST', path: '/v1/jobs/:id/backup/chunks', handle: chunks },
  { method: 'POST', path: '/v1/jobs/:id/backup/commit', handle: commit },
];

async function begin(exchange: Exchange): Promise<void> {
  const caller = await authenticate(exchange);
  const { attempt } = await readJson(exchange.request, BeginBackupRequest);
  const session = await exchange.env.backups.begin(claimOf(caller, exchange, 'backup', attempt));
  const { lineage, parent } = session.init;
  sendJson(exchange.response, {
    lineageId: lineage.lineageId,
    namingKey: Buffer.from(lineage.namingKey).toString('base64'),
    parent: parent && { pointId: parent.pointId, rootPage: nameToHex(parent.rootPage) },
  });
}

async function known(exchange: Exchange): Promise<void> {
  const { env, request, response } = exchange;
  const claim = await claimBinary(exchange);
  const names = await readNames(request);
  await requireOpen(exchange, claim);
  const flags = await env.share.run(claim.accountId, () =>
    env.backups.use(claim, (session) => session.known(names)),
  );
  sendBytes(response, flags);
}

async function parentPages(exchange: Exchange): Promise<void> {
  const { env, request } = exchange;
  const claim = await claimBinary(exchange);
  const names = await readNames(request);
  await requireOpen(exchange, claim);
  await env.backups.use(claim, async (session) => {
    const { vault, lineage } = session.init;
    const parent = await session.parentNames();
    const locations = await vault.index(lineage).locate(names);
    if (!names.every((name, i) => parent?.has(name) && locations[i]?.pack.type === 'tree')) {
      throw new CrossvaultError('not_found', 'A page is not part of the parent of this backup.');
    }
    await sendChunks(exchange, claim.accountId, loadChunks(vault, lineage, session.reader, names));
  });
}

async function chunks(exchange: Exchange): Promise<void> {
  const { env, request, response } = exchange;
  const claim = await claimBinary(exchange);
  await requireOpen(exchange, claim);
  await env.backups.use(claim, (session) =>
    ReceiveBuffer.lend((buffer) =>
      receiveSteps(request, buffer, async (step, bytes) => {
        await env.share.run(claim.accountId, () => session.accept(step));
        env.metrics.chunkBytes.inc({ direction: 'in' }, bytes);
      }),
    ),
  );
  sendJson(response, {});
}

async function commit(exchange: Exchange): Promise<void> {
  const { env, request, response } = exchange;
  const caller = await authenticate(exchange);
  const body = await readJson(request, CommitRequest);
  const claim = claimOf(caller, exchange, 'backup', body.attempt);
  const committed = await findCommitted(caller.ctx, claim);
  if (committed) return sendJson(response, committed);
  await requireOpen(exchange, claim);
  const answer = await env.backups.use(claim, (session) => commitOnce(caller, claim, session, body));
  await env.backups.end(claim.jobId);
  sendJson(response, answer);
}

/** One after the other: a client that lost its connection may repeat the request while the first is still at work. */
async function commitOnce(
  caller: Caller,
  claim: JobClaim,
  session: BackupSession,
  body: Parameters<typeof commitBackup>[3],
) {
  return session.inTurn(async () => {
    const committed = await findCommitted(caller.ctx, claim);
    if (!committed) return commitBackup(caller.ctx, claim, session, body);
    // This session may have been opened, with a pin of its own, just after the one that committed had ended.
    await inAccount(caller.ctx.db, claim.accountId, (tx) => releasePin(tx, session.init.pinNo));
    return committed;
  });
}

async function claimBinary(exchange: Exchange): Promise<JobClaim> {
  const caller = await authenticate(exchange);
  return claimOf(caller, exchange, 'backup', readAttempt(exchange.request));
}

/** Every request asks again: whether the attempt still holds the job, and whether the vault's key may be used. */
async function requireOpen({ env }: Exchange, claim: JobClaim): Promise<void> {
  const { accountId } = claim;
  const job = await inAccount(env.db, accountId, (tx) => requireRunningJob(tx, claim));
  await openVault(env, { accountId, vaultId: job.vaultId });
}
