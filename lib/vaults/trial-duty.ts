import { and, asc, eq, isNotNull, ne, type SQL, sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { vaults } from '@/db/schema';
import type { Duty } from '@/lib/engine/ticker/duties';
import { engineContext } from '@/lib/engine/vaults';
import { notify } from '@/lib/notifications';
import { daysLeftInWords } from '@/lib/notifications/schemas';
import { writeAudit } from '@/lib/verb';
import { asStandard } from './internal';
import { planTrial, type TrialStep } from './plan-trial';
import { vaultKinds } from './schemas';

type Row = typeof vaults.$inferSelect;

const dueAt = sql`case
  when v.is_kept_after_trial then v.trial_ends_at
  when v.trial_told = 0 then v.trial_ends_at - interval '168 hours'
  when v.trial_told = 1 then v.trial_ends_at - interval '24 hours'
  when v.trial_told = 2 then v.trial_ends_at
  else v.trial_releases_at end`;

/** Warns before a trial ends, keeps it as a standard vault where that was chosen, and releases it when its time is over. */
export const trialDuty: Duty = {
  kind: 'trials',
  dueAt: (accountId): SQL => sql`(select min(${dueAt}) from vaults v
    where v.account_id = ${accountId} and v.trial_ends_at is not null and v.status <> 'deleting')`,
  async run({ db }, accountId) {
    return inAccount(db, accountId, async (tx) => {
      const rows = await tx
        .select({ vault: vaults, now: sql<Date>`clock_timestamp()`.mapWith(vaults.createdAt) })
        .from(vaults)
        .where(
          and(eq(vaults.accountId, accountId), isNotNull(vaults.trialEndsAt), ne(vaults.status, 'deleting')),
        )
        .orderBy(asc(vaults.trialEndsAt))
        .for('update');
      for (const { vault, now } of rows) {
        const step = planTrial(factsOf(vault), now);
        if (!step) continue;
        await take(tx, vault, step, now);
        await writeAudit(engineContext(db, accountId), tx, `vaults.trial_${step.kind}`, {
          resourceKind: 'vault',
          resourceId: vault.id,
          resourceName: vault.name,
          before: { kind: vault.kind, status: vault.status },
          after: { endsAt: vault.trialEndsAt, releasesAt: vault.trialReleasesAt },
        });
      }
      return false;
    });
  },
};

const factsOf = ({ trialEndsAt, trialReleasesAt, isKeptAfterTrial, trialTold }: Row) => ({
  endsAt: trialEndsAt!,
  releasesAt: trialReleasesAt!,
  isKept: isKeptAfterTrial,
  told: trialTold,
});

async function take(tx: Tx, vault: Row, step: TrialStep, now: Date): Promise<void> {
  const change = {
    warn: () => ({ trialTold: step.kind === 'warn' ? step.told : 0 }),
    end: () => ({ trialTold: step.kind === 'end' ? step.told : 0 }),
    keep: () => asStandard,
    release: () => ({ status: 'deleting' as const, statusReason: null }),
  }[step.kind]();
  await tx.update(vaults).set(change).where(eq(vaults.id, vault.id));
  await notify(tx, vault.accountId, {
    ...noticeOf(vault, step.kind, now),
    kind: `vaults.trial_${step.kind}`,
    href: `/${vault.region}/vaults${step.kind === 'release' ? '' : `/${vault.id}`}`,
  });
}

function noticeOf(
  { name, kind, trialEndsAt, trialReleasesAt, pointCount }: Row,
  step: TrialStep['kind'],
  now: Date,
) {
  const { word } = vaultKinds[kind];
  const day = (at: Date | null) => at?.toISOString().slice(0, 10);
  const points = pointCount === 1 ? '1 backup point' : `${pointCount} backup points`;
  const keep = 'Keep it as a standard vault to go on; its storage is then billed.';
  switch (step) {
    case 'warn':
      return {
        severity: 'warning' as const,
        title: `The ${word} ${name} ends ${daysLeftInWords(trialEndsAt!, now)}`,
        body: `From ${day(trialEndsAt)} it takes no new backups, and on ${day(trialReleasesAt)} it is released with ${points}. ${keep}`,
      };
    case 'end':
      return {
        severity: 'warning' as const,
        title: `The ${word} ${name} has ended`,
        body: `It takes no new backups. Its ${points} can be restored until it is released on ${day(trialReleasesAt)}. ${keep}`,
      };
    case 'keep':
      return {
        severity: 'success' as const,
        title: `${name} is a standard vault now`,
        body: 'Its trial has ended and it was to be kept. From now on its storage is billed.',
      };
    case 'release':
      return {
        severity: 'error' as const,
        title: `The ${word} ${name} was released`,
        body: `Its trial had ended and nobody kept it: ${points} go with it.`,
      };
  }
}
