import { and, asc, eq, isNotNull, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { backupPoints, dataSources } from '@/db/schema';
import { CrossvaultError, notFound } from '@/lib/errors';
import type { HanaDestination } from '@/lib/jobs/destinations/hana';
import { hana } from '@/lib/sources/kinds/hana';
import { planRecovery, type RecoveryPlan, type RecoveryRefusal } from './plan-recovery';
import { recoveryStatements, refuseSystem } from './recovery-statements';

export interface Recovery {
  user: string;
  plan: RecoveryPlan;
  statements: string[];
}

/**
 * What a recovery from a point needs and how HANA is told to make it. Looks at the vault of the point only: a copy is
 * recovered from without the account that it came from. @throws `not_eligible` with the reason, `not_found`.
 */
export async function findRecovery(
  tx: Tx,
  accountId: string,
  pointId: string,
  wanted: HanaDestination,
): Promise<Recovery> {
  const targetSid = await findSid(tx, accountId, wanted.sourceId);
  const [chosen] = await tx
    .select()
    .from(backupPoints)
    .where(and(eq(backupPoints.accountId, accountId), eq(backupPoints.id, pointId)));
  if (!chosen) throw notFound('backup point');
  if (!chosen.hana)
    throw refused({ reason: 'not_a_hana_point', message: 'This point holds no backup of SAP HANA.' });
  const { user } = chosen.hana;
  const rows = await tx
    .select({
      id: backupPoints.id,
      startedAt: backupPoints.startedAt,
      createdAt: backupPoints.createdAt,
      hana: backupPoints.hana,
    })
    .from(backupPoints)
    .where(
      and(
        eq(backupPoints.accountId, accountId),
        eq(backupPoints.vaultId, chosen.vaultId),
        eq(backupPoints.sourceId, chosen.sourceId),
        eq(backupPoints.status, 'visible'),
        isNotNull(backupPoints.hana),
        sql`${backupPoints.hana} ->> 'user' = ${user}`,
        sql`(${backupPoints.expiresAt} > now() or ${backupPoints.keepsNewest})`,
      ),
    )
    .orderBy(asc(backupPoints.createdAt));
  const plan = planRecovery(
    rows.map((row) => ({ ...row, hana: row.hana! })),
    pointId,
    wanted,
  );
  if ('reason' in plan) throw refused(plan);
  const system = { source: user, targetSid };
  const refusal = refuseSystem(system, wanted);
  if (refusal) throw refused(refusal, 'destination.isSystemCopy');
  return { user, plan, statements: recoveryStatements(plan, system, wanted) };
}

async function findSid(tx: Tx, accountId: string, sourceId: string): Promise<string> {
  const [source] = await tx
    .select({ config: dataSources.config })
    .from(dataSources)
    .where(
      and(eq(dataSources.accountId, accountId), eq(dataSources.id, sourceId), eq(dataSources.kind, 'hana')),
    );
  if (!source) throw notFound('data source');
  return hana.config.parse(source.config).sid;
}

function refused({ reason, message }: RecoveryRefusal, field?: string): CrossvaultError {
  return new CrossvaultError('not_eligible', message, {
    reason,
    fields: field ? { [field]: message } : undefined,
  });
}
