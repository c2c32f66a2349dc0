import type { policyRules } from '@/db/schema';
import { invariant } from '@/lib/errors';
import type { Schedule } from './schedule';
import type { PolicyRule, RuleInput } from './schemas';

export type RuleRow = typeof policyRules.$inferSelect;

export function toSchedule(row: RuleRow): Schedule {
  const timing = { timeZone: row.timeZone, startAt: row.startAt.toISOString() };
  if (row.scheduleKind === 'cron') {
    invariant(row.cron, 'a rule by an expression has one');
    return { kind: 'cron', expression: row.cron, ...timing };
  }
  invariant(row.intervalEvery && row.intervalUnit, 'a rule by an interval has one');
  return { kind: 'interval', every: row.intervalEvery, unit: row.intervalUnit, ...timing };
}

export function toRule(row: RuleRow): PolicyRule {
  const { id, name, retentionDays, dailyDays, weeklyDays, monthlyDays, yearlyDays, archiveAfterDays } = row;
  return {
    id,
    name,
    schedule: toSchedule(row),
    retention: { days: retentionDays, dailyDays, weeklyDays, monthlyDays, yearlyDays },
    archiveAfterDays,
    archiveVaultId: row.archiveVaultId,
  };
}

export function ruleColumns(rule: RuleInput) {
  const { schedule, retention } = rule;
  const { days: retentionDays, ...longer } = retention;
  const isInterval = schedule.kind === 'interval';
  return {
    name: rule.name,
    scheduleKind: schedule.kind,
    intervalEvery: isInterval ? schedule.every : null,
    intervalUnit: isInterval ? schedule.unit : null,
    cron: isInterval ? null : schedule.expression,
    timeZone: schedule.timeZone,
    startAt: new Date(schedule.startAt),
    retentionDays,
    ...longer,
    archiveAfterDays: rule.archiveAfterDays,
    archiveVaultId: rule.archiveAfterDays === null ? null : rule.archiveVaultId,
  };
}
