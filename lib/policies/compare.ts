import type { PlannedRule } from './preview';
import { daysOf, longestDays, retentionKinds, spell } from './retention';
import { nextRuns, runsUntil } from './schedule';
import type { PolicyChange } from './schemas';
import { describeRetention, describeSchedule } from './words';

export interface ComparedRule extends PlannedRule {
  id?: string | undefined;
  name: string;
  archiveVaultId?: string | null;
}

export interface ComparedPolicy {
  name: string;
  rules: ComparedRule[];
  keepsNewest: boolean;
  replicates: boolean;
}

const dayMs = 86_400_000;

/** What a change would do, topic by topic. Points that exist keep their dates whatever is changed here. */
export function comparePolicies(before: ComparedPolicy, after: ComparedPolicy, now: Date): PolicyChange[] {
  const changes: PolicyChange[] = [];
  if (before.name !== after.name) {
    changes.push({
      ...plain('name', before.name, after.name),
      consequence: 'Points and runs made so far keep the name they were made under.',
    });
  }
  for (const rule of before.rules) {
    const kept = after.rules.find(({ id }) => id === rule.id);
    if (kept) changes.push(...compareRules(rule, kept, now));
    else changes.push(removedRule(rule));
  }
  for (const rule of after.rules) {
    if (!before.rules.some(({ id }) => id === rule.id)) changes.push(addedRule(rule, now));
  }
  if (before.keepsNewest !== after.keepsNewest) changes.push(keepChange(after.keepsNewest));
  if (before.replicates !== after.replicates) changes.push(replicationChange(after.replicates));
  return changes;
}

const plain = (
  topic: PolicyChange['topic'],
  before: string | null,
  after: string | null,
  rule: string | null = null,
) => ({
  topic,
  rule,
  before,
  after,
  isWeaker: false,
});

function compareRules(before: ComparedRule, after: ComparedRule, now: Date): PolicyChange[] {
  const changes: PolicyChange[] = [];
  const say = (
    topic: PolicyChange['topic'],
    from: string,
    to: string,
    consequence: string,
    isWeaker = false,
  ) => {
    if (from !== to) changes.push({ ...plain(topic, from, to, after.name), consequence, isWeaker });
  };
  say('name', before.name, after.name, 'Runs made so far keep the name of the rule.');
  say(
    'schedule',
    scheduleWords(before, after, now),
    scheduleWords(after, before, now),
    nextRunWords(after, now),
    runsIn(after, now) < runsIn(before, now),
  );
  say(
    'retention',
    describeRetention(before.retention),
    describeRetention(after.retention),
    'Points that exist keep their dates. Only points made from now on are kept by the new rule.',
    retentionKinds.some(
      (kind) => (daysOf(after.retention, kind) ?? 0) < (daysOf(before.retention, kind) ?? 0),
    ),
  );
  say('archiving', archivingWords(before), archivingWords(after), archivingConsequence(after));
  return changes;
}

/** The start is told where it is what differs, or still ahead. */
function scheduleWords(rule: ComparedRule, other: ComparedRule, now: Date): string {
  const { startAt } = rule.schedule;
  const words = describeSchedule(rule.schedule);
  const isTold =
    Date.parse(startAt) > now.getTime() || Date.parse(startAt) !== Date.parse(other.schedule.startAt);
  return isTold ? `${words}, from ${utcMinute(new Date(startAt))} on` : words;
}

function utcMinute(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Runs in the four weeks after the later of now and the schedule's start: how often, not from when. */
function runsIn(rule: ComparedRule, now: Date): number {
  const from = new Date(Math.max(now.getTime(), Date.parse(rule.schedule.startAt)));
  return runsUntil(rule.schedule, from, new Date(from.getTime() + 28 * dayMs), 28 * 24 + 1).length;
}

function nextRunWords(rule: ComparedRule, now: Date): string {
  const [next] = nextRuns(rule.schedule, now, 1);
  return next
    ? `The next run is on ${utcMinute(next)}. A run under way goes on.`
    : 'There is no further run.';
}

function archivingWords({ archiveAfterDays, archiveVaultId }: ComparedRule): string {
  if (archiveAfterDays === null) return 'Never';
  return `After ${spell(archiveAfterDays)}${archiveVaultId ? `, into ${archiveVaultId}` : ''}`;
}

function archivingConsequence({ archiveAfterDays }: ComparedRule): string {
  const same = 'Points that exist keep the date they have.';
  return archiveAfterDays === null
    ? `${same} Points made from now on stay in the standard tier.`
    : `${same} Points made from now on move to the archive tier after ${spell(archiveAfterDays)}; their copies in a replication target vault are removed then.`;
}

function removedRule(rule: ComparedRule): PolicyChange {
  return {
    ...plain('rules', describeSchedule(rule.schedule), null, rule.name),
    consequence: 'The rule runs no more. Its points stay to their dates; a run under way goes on.',
    isWeaker: true,
  };
}

function addedRule(rule: ComparedRule, now: Date): PolicyChange {
  return {
    ...plain('rules', null, describeSchedule(rule.schedule), rule.name),
    consequence: `${nextRunWords(rule, now)} Its points are kept ${describeRetention(rule.retention)}, the first one ${spell(longestDays(rule.retention))}.`,
  };
}

function keepChange(isOn: boolean): PolicyChange {
  return {
    ...plain('keep_newest', isOn ? 'No' : 'Yes', isOn ? 'Yes' : 'No'),
    consequence: isOn
      ? 'The newest of the points made from now on stays beyond its date until there is a newer one. It does not hold in replication target vaults.'
      : 'Points made from now on expire on their dates. The newest point made so far under this promise stays until it is deleted by hand.',
    isWeaker: !isOn,
  };
}

function replicationChange(isOn: boolean): PolicyChange {
  return {
    ...plain('replication', isOn ? 'No' : 'Yes', isOn ? 'Yes' : 'No'),
    consequence: isOn
      ? 'The replication of each bound vault that has none starts when this is saved: all its points, old and new, are copied.'
      : 'Replications that run go on. To end one, stop it on the page of its vault.',
    isWeaker: !isOn,
  };
}
