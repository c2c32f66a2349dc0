import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { testDatabase } from '@/db/testing/harness';
import { sourceFiles } from '@/scripts/lint/source-files.mjs';
import { AlertTopic } from './topics';

const { owner } = await testDatabase();

const topicOf = async (kind: string) => {
  const [row] = await owner.execute<{ topic: string | null }>(sql`select alert_topic(${kind}) as topic`);
  return row!.topic;
};

/** Nouns that belong to the topic of the account, which is also where an unknown one would end. */
const accountNouns = ['accounts', 'users', 'billing', 'access_keys', 'audit', 'clients'];

/** `noun.event` of every notification that the product writes. */
function writtenKinds(): string[] {
  const kinds = new Set<string>();
  for (const { path, read } of sourceFiles()) {
    if (!/^lib\/.*\.ts$/.test(path) || path.endsWith('.test.ts')) continue;
    const text = read();
    if (!/\bnotify(?:Account)?\(/.test(text)) continue;
    for (const [, kind] of text.matchAll(/\bkind: ['`]([a-z_]+\.[a-z_]+)/g)) kinds.add(kind!);
  }
  return [...kinds].sort();
}

test('every notification that is written has a topic that someone can choose', async () => {
  const kinds = writtenKinds();
  expect(kinds).toContain('replication.stopped');
  const unsorted: string[] = [];
  for (const kind of kinds) {
    const topic = await topicOf(kind);
    const noun = kind.split('.')[0]!;
    if (topic === null && noun === 'alerts') continue;
    if (topic === null || !AlertTopic.options.includes(topic as AlertTopic)) unsorted.push(kind);
    if (topic === 'account' && !accountNouns.includes(noun)) unsorted.push(kind);
  }
  expect(unsorted).toEqual([]);
});
