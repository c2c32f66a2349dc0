import { z } from 'zod';
import { archiveAfterRefusal } from '@/lib/backup-points/schemas';
import { BackupSpec } from '@/lib/jobs/schemas';
import { bytes, confirmation, description, displayName, isoTime, listPage, SourceKind } from '@/lib/schemas';
import { scheduleProblem } from './schedule';

const days = z.coerce
  .number<number | string>('Enter a number of days.')
  .int('Enter whole days.')
  .min(1, 'At least 1 day.')
  .max(364_635, 'At most 364,635 days.');
const maybeDays = days.nullable().default(null);

const timing = {
  /** An IANA name, such as `Europe/Berlin`. */
  timeZone: z.string().min(1, 'Choose a time zone.').max(64),
  /** No run before it. Intervals count from it. */
  startAt: isoTime,
};
const interval = {
  kind: z.literal('interval'),
  every: z.coerce
    .number<number | string>()
    .int('Enter a whole number.')
    .min(1, 'At least 1.')
    .max(1000, 'At most 1,000.'),
  unit: z.enum(['hour', 'day', 'week']),
};
const cron = {
  kind: z.literal('cron'),
  /** Minute, hour, day of the month, month, day of the week. */
  expression: z.string().trim().min(9, 'Write five fields.').max(100),
};

export const Schedule = z.discriminatedUnion('kind', [
  z.object({ ...interval, ...timing }),
  z.object({ ...cron, ...timing }),
]);

export const Retention = z.object({
  days,
  dailyDays: maybeDays,
  weeklyDays: maybeDays,
  monthlyDays: maybeDays,
  yearlyDays: maybeDays,
});

export const RuleInput = z
  .object({
    /** Of a rule there is; left out for a new one. */
    id: z.string().optional(),
    name: displayName,
    schedule: Schedule,
    retention: Retention,
    /** When points move to the archive tier; null: never. */
    archiveAfterDays: days.nullable().default(null),
    /** An archive vault to move them to; null for the archive tier of their own vault. */
    archiveVaultId: z.string().nullable().default(null),
  })
  .superRefine((rule, check) => {
    const problem = scheduleProblem(rule.schedule);
    if (problem)
      check.addIssue({ code: 'custom', path: ['schedule', problem.field], message: problem.message });
    const refusal =
      rule.archiveAfterDays === null ? null : archiveAfterRefusal(rule.retention.days, rule.archiveAfterDays);
    if (refusal) check.addIssue({ code: 'custom', path: ['archiveAfterDays'], message: refusal });
  });
export type RuleInput = z.output<typeof RuleInput>;

export const mostRules = 5;

export const PolicyRule = z.object({
  id: z.string(),
  name: z.string(),
  schedule: Schedule,
  retention: Retention,
  archiveAfterDays: z.number().int().nullable(),
  archiveVaultId: z.string().nullable(),
});
export type PolicyRule = z.infer<typeof PolicyRule>;

export const RunState = z.enum(['open', 'complete', 'partial', 'failed', 'cancelled', 'missed']);
export type RunState = z.infer<typeof RunState>;

export const PolicyRun = z.object({
  id: z.string(),
  policy: z.object({ id: z.string(), name: z.string() }),
  rule: z.object({ id: z.string(), name: z.string() }),
  bindingId: z.string(),
  source: z.object({ id: z.string(), name: z.string() }),
  vault: z.object({ id: z.string(), name: z.string(), region: z.string() }),
  cause: z.enum(['schedule', 'manual']),
  state: RunState,
  runAt: isoTime,
  /** Runs in a row that one row of missed runs stands for. */
  runCount: z.number().int(),
  reason: z.string().nullable(),
  explanation: z.string().nullable(),
  jobId: z.string().nullable(),
  pointId: z.string().nullable(),
  retentionDays: z.number().int().nullable(),
  retentionReason: z.string().nullable(),
  startedBy: z.string(),
  startedAt: isoTime.nullable(),
  endedAt: isoTime.nullable(),
});
export type PolicyRun = z.infer<typeof PolicyRun>;

export const PolicyBinding = z.object({
  id: z.string(),
  policy: z.object({ id: z.string(), name: z.string() }),
  source: z.object({ id: z.string(), kind: SourceKind, name: z.string() }),
  client: z.object({ id: z.string(), name: z.string(), status: z.enum(['online', 'offline', 'revoked']) }),
  vault: z.object({ id: z.string(), name: z.string(), region: z.string() }),
  paths: z.array(z.string()),
  /** With any, only what one of them names. */
  includes: z.array(z.string()),
  excludes: z.array(z.string()),
  isEnabled: z.boolean(),
  /** The next run over all rules; null when switched off. */
  nextRun: z
    .object({
      at: isoTime,
      ruleId: z.string(),
      ruleName: z.string(),
      /** What a run whose time has come waits for. */
      waitingFor: z.string().nullable(),
    })
    .nullable(),
  lastRun: PolicyRun.nullable(),
  /** What its vault is replicated to now, if the policy asks for it. */
  replication: z
    .object({ id: z.string(), targetVaultName: z.string(), targetAccountName: z.string() })
    .nullable(),
  createdAt: isoTime,
});
export type PolicyBinding = z.infer<typeof PolicyBinding>;

export const Policy = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  rules: z.array(PolicyRule),
  keepsNewest: z.boolean(),
  replicates: z.boolean(),
  bindings: z.array(PolicyBinding),
  /** Points that it made and that are there still; they stay to their dates when the policy goes. */
  points: z.object({
    count: z.number().int(),
    lastExpiryAt: isoTime.nullable(),
    /** Of those, how many are kept beyond their date as the newest, once that date has come. */
    keptNewest: z.number().int(),
  }),
  version: z.number().int(),
  createdAt: isoTime,
  createdBy: z.string(),
  updatedAt: isoTime,
  updatedBy: z.string(),
});
export type Policy = z.infer<typeof Policy>;

const patterns = z.array(z.string().trim().min(1).max(255)).max(100);
const BindingFields = z.object({
  sourceId: z.string().min(1, 'Choose a data source.'),
  vaultId: z.string().min(1, 'Choose a vault.'),
  paths: BackupSpec.shape.paths,
  includes: patterns.default([]),
  excludes: patterns.default([]),
});
export type BindingFields = z.output<typeof BindingFields>;

/** The target of a bound vault's replication; asked for each vault, because a target serves one source only. */
const targets = z
  .array(z.object({ vaultId: z.string(), targetVaultId: z.string() }))
  .max(50)
  .default([]);

const policyFields = {
  name: displayName,
  description,
  rules: z
    .array(RuleInput)
    .min(1, 'Add at least one backup rule.')
    .max(mostRules, `At most ${mostRules} rules.`),
  keepsNewest: z.boolean().default(true),
  replicates: z.boolean().default(false),
  targets,
};

export const CreatePolicy = z.object({
  ...policyFields,
  bindings: z.array(BindingFields).max(20, 'Bind up to 20 at once; more can be added later.').default([]),
});
/** `version` is that of the policy the change is about: a policy changed meanwhile is not overwritten. */
export const UpdatePolicy = z.object({ id: z.string(), version: z.number().int(), ...policyFields });
/** `confirm` is the policy's name. */
export const DeletePolicy = z.object({ id: z.string(), confirm: confirmation });
export const GetPolicy = z.object({ id: z.string() });

export const BindPolicy = z.object({
  policyId: z.string(),
  ...BindingFields.shape,
  /** Where the policy replicates and the vault has no replication yet. */
  targetVaultId: z.string().nullable().default(null),
});
export const UpdateBinding = z.object({
  id: z.string(),
  paths: BackupSpec.shape.paths.optional(),
  includes: patterns.optional(),
  excludes: patterns.optional(),
  isEnabled: z.boolean().optional(),
});
export const UnbindPolicy = z.object({ id: z.string() });
export const RunBinding = z.object({ id: z.string(), ruleId: z.string().optional() });

export const ListPolicies = z.object({});
export const ListPolicyBindings = z.object({
  policyId: z.string().optional(),
  vaultId: z.string().optional(),
  sourceId: z.string().optional(),
});
export const ListPolicyRuns = z.object({
  policyId: z.string().optional(),
  bindingId: z.string().optional(),
  /** Several, separated by commas. */
  state: z.string().optional(),
  ...listPage,
});

/** What a policy would do. With `id`, compared with the policy as it is. */
export const PreviewPolicy = z.object({
  id: z.string().optional(),
  name: displayName.default('New policy'),
  rules: policyFields.rules,
  keepsNewest: z.boolean().default(true),
  replicates: z.boolean().default(false),
});

export const PolicyChange = z.object({
  topic: z.enum(['name', 'rules', 'schedule', 'retention', 'archiving', 'keep_newest', 'replication']),
  /** The rule it is about, or null. */
  rule: z.string().nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  consequence: z.string(),
  /** Later points are protected for less time, or less often. */
  isWeaker: z.boolean(),
});
export type PolicyChange = z.infer<typeof PolicyChange>;

export const PolicyPreview = z.object({
  nextRuns: z.array(z.object({ at: isoTime, rule: z.string() })),
  rules: z.array(
    z.object({
      name: z.string(),
      until: isoTime,
      totals: z.array(
        z.object({
          by: z.enum(['base', 'daily', 'weekly', 'monthly', 'yearly']),
          days: z.number().int(),
          made: z.number().int(),
          held: z.number().int(),
        }),
      ),
      heldPoints: z.number().int(),
      heldArchived: z.number().int(),
    }),
  ),
  /** What there is already; none of it changes. */
  bindings: z.array(
    z.object({
      id: z.string(),
      sourceName: z.string(),
      vaultName: z.string(),
      points: z.number().int(),
      firstExpiryAt: isoTime.nullable(),
      lastExpiryAt: isoTime.nullable(),
      /** Points and bytes in the long run; bytes are null before the first point. */
      heldPoints: z.number().int(),
      heldBytes: bytes.nullable(),
    }),
  ),
  changes: z.array(PolicyChange),
});
export type PolicyPreview = z.infer<typeof PolicyPreview>;
