import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import { inAccount, type Tx } from '@/db/client';
import { backupPoints, jobs } from '@/db/schema';
import { type ClientIdentity, clientContext, type EngineDoor, requireClient } from '@/lib/clients';
import { newId } from '@/lib/context';
import { encodePath } from '@/lib/engine/gateway/tree-path';
import type { JobOffer } from '@/lib/engine/wire';
import type { BackintRestore, StartBackintRestore } from '@/lib/engine/wire-backint';
import { invariant, notFound } from '@/lib/errors';
import { endAbandonedJobs, getVaultWithKey, restoreRefusal, toJobOffer } from '@/lib/jobs';
import { RestoreSpec } from '@/lib/jobs/schemas';
import { writeAudit } from '@/lib/verb';
import { findObjects, type StoredObject } from './find-objects';
import { requireInstance } from './instance';

type Request = z.output<typeof StartBackintRestore>;

/** What HANA asks its agent to restore: one job, running from the first, for each point that has some of it. */
export function startBackintRestore(
  door: EngineDoor,
  identity: ClientIdentity,
  request: Request,
): Promise<z.output<typeof BackintRestore>> {
  const { accountId } = identity;
  return inAccount(door.db, accountId, async (tx) => {
    const { id: sourceId } = await requireInstance(tx, identity, request.instance);
    await endAbandonedJobs(tx, identity, request.runningJobs, door.clock.now());
    const scope = { accountId, sourceId, user: request.user };
    const chosen: (StoredObject | null)[] = [];
    for (const query of request.queries) chosen.push((await findObjects(tx, scope, query))[0] ?? null);
    const offers = new Map<string, JobOffer>();
    for (const object of chosen) {
      if (!object || offers.has(object.pointId)) continue;
      const ofPoint = chosen.filter((other) => other?.pointId === object.pointId) as StoredObject[];
      offers.set(object.pointId, await startJob(door, tx, identity, scope, ofPoint));
    }
    return {
      answers: chosen.map(
        (object) =>
          object && {
            ebid: object.ebid,
            path: object.path,
            bytes: object.bytes,
            savedAt: object.savedAt,
            jobId: offers.get(object.pointId)!.jobId,
          },
      ),
      offers: [...offers.values()],
    };
  });
}

async function startJob(
  door: EngineDoor,
  tx: Tx,
  { accountId, clientId }: ClientIdentity,
  { sourceId, user }: { sourceId: string; user: string },
  objects: StoredObject[],
): Promise<JobOffer> {
  const { pointId, vaultId } = objects[0]!;
  const now = door.clock.now();
  const [point] = await tx
    .select()
    .from(backupPoints)
    .where(and(eq(backupPoints.accountId, accountId), eq(backupPoints.id, pointId)))
    .for('share');
  if (!point) throw notFound('backup point');
  const { vault, keyState } = await getVaultWithKey(tx, accountId, vaultId);
  const refusal = restoreRefusal(point, vault, keyState, now);
  if (refusal) throw refusal;
  const client = await requireClient(tx, accountId, clientId);
  const pipes = { user, backupId: point.hana?.backupId ?? null };
  const spec = RestoreSpec.parse({
    selection: { mode: 'include', paths: objects.map(({ path }) => encodePath(namesOf(path))) },
    destination: { kind: 'hana', sourceId, pipes },
  });
  const running = { status: 'running', attempt: 1, fence: 1, startedAt: now, heartbeatAt: now } as const;
  const [job] = await tx
    .insert(jobs)
    .values({
      ...{ accountId, id: newId('job'), kind: 'restore', clientId, vaultId, pointId, spec, ...running },
      createdBy: client.name,
      createdAt: now,
    })
    .returning();
  invariant(job, 'an insert returns its row');
  await writeAudit(clientContext(door, client), tx, 'restores.start', {
    resourceKind: 'job',
    resourceId: job.id,
    resourceName: vault.name,
    after: { pointId, vaultId, clientId, sourceId, user, objects: objects.length },
  });
  return toJobOffer(job, vault);
}

function namesOf(path: string): Buffer[] {
  return path
    .slice(1)
    .split('/')
    .map((name) => Buffer.from(name));
}
