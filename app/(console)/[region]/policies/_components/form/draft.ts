import type { z } from 'zod';
import { type BindingDraft, emptyBinding } from '@/app/(console)/_components/policies/binding-draft';
import { type CreatePolicy, mostRules, type Policy, RuleInput } from '@/lib/policies/schemas';
import { presets } from './presets';
import { checkRule, fromRule, type RuleDraft, toRuleInput } from './rule-draft';

/** What the reader has entered so far. It outlives going back and forth between the steps. */
export interface PolicyDraft {
  name: string;
  description: string;
  presetId: string;
  rules: RuleDraft[];
  keepsNewest: boolean;
  replicates: boolean;
  /** By vault. */
  targets: Record<string, string>;
  bindings: BindingDraft[];
}

export function newDraft(timeZone: string, sourceId: string | null = null): PolicyDraft {
  const [preset] = presets;
  return {
    name: preset!.name,
    description: '',
    presetId: preset!.id,
    rules: preset!.rules(timeZone),
    keepsNewest: true,
    replicates: false,
    targets: {},
    bindings: [{ ...emptyBinding, sourceId: sourceId ?? '' }],
  };
}

/** Another preset brings its rules, and its name unless one was entered. */
export function choosePreset(draft: PolicyDraft, presetId: string, timeZone: string): PolicyDraft {
  const preset = presets.find(({ id }) => id === presetId);
  if (!preset) return draft;
  const isNamed = !presets.some(({ name }) => name === draft.name);
  return { ...draft, presetId, rules: preset.rules(timeZone), name: isNamed ? draft.name : preset.name };
}

export function fromPolicy(policy: Policy): PolicyDraft {
  return {
    name: policy.name,
    description: policy.description,
    presetId: '',
    rules: policy.rules.map(fromRule),
    keepsNewest: policy.keepsNewest,
    replicates: policy.replicates,
    targets: {},
    bindings: [],
  };
}

/** Bindings that were begun; an empty one is no binding. */
export const begunBindings = ({ bindings }: PolicyDraft) =>
  bindings.filter(({ sourceId, vaultId, paths }) => sourceId || vaultId || paths.length > 0);

export function toPolicyInput(draft: PolicyDraft, now: Date) {
  return {
    name: draft.name,
    description: draft.description,
    rules: draft.rules.map((rule) => toRuleInput(rule, now)),
    keepsNewest: draft.keepsNewest,
    replicates: draft.replicates,
    targets: Object.entries(draft.targets).map(([vaultId, targetVaultId]) => ({ vaultId, targetVaultId })),
  } satisfies z.input<typeof CreatePolicy>;
}

/** The rules as planners read them; null while one of them cannot be planned. */
export function plannedRules(rules: RuleDraft[], now: Date) {
  const parsed = RuleInput.array()
    .min(1)
    .max(mostRules)
    .safeParse(rules.map((rule) => toRuleInput(rule, now)));
  return parsed.success ? parsed.data : null;
}

export function checkName({ name }: PolicyDraft): string[] {
  if (name.trim() === '') return ['Enter a name.'];
  return name.trim().length > 64 ? ['Shorten the name to 64 characters.'] : [];
}

export function checkRules({ rules }: PolicyDraft, now: Date): string[] {
  return rules.flatMap((rule) =>
    Object.values(checkRule(rule, now)).map((problem) => `${rule.name || 'Rule'}: ${problem}`),
  );
}

export function checkBindings(draft: PolicyDraft): string[] {
  return begunBindings(draft).flatMap(({ sourceId, vaultId, paths }, index) => {
    const missing = [
      ...(sourceId ? [] : ['a data source']),
      ...(vaultId ? [] : ['a vault']),
      ...(paths.length > 0 ? [] : ['at least one folder']),
    ];
    return missing.length === 0
      ? []
      : [`Choose ${missing.join(' and ')} for number ${index + 1}, or take it out.`];
  });
}

export function checkTargets(draft: PolicyDraft, missing: { id: string; name: string }[]): string[] {
  if (!draft.replicates) return [];
  return missing.flatMap(({ id, name }) =>
    draft.targets[id] ? [] : [`Choose a replication target for ${name}.`],
  );
}
