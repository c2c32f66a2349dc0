import type { z } from 'zod';
import { makeClient, makeVault } from '@/db/factories';
import { dataSources } from '@/db/schema';
import { newId } from '@/lib/context';
import type { TestAccount } from '@/lib/testing/world';
import type { CreatePolicy, RuleInput } from './schemas';

/** A rule at 02:00 UTC, kept 30 days, in force since the beginning of 2026. */
export function rule(change: Partial<z.input<typeof RuleInput>> = {}): z.input<typeof RuleInput> {
  return {
    name: 'Nightly',
    schedule: { kind: 'cron', expression: '0 2 * * *', timeZone: 'UTC', startAt: '2026-01-01T00:00:00Z' },
    retention: { days: 30 },
    ...change,
  };
}

/** A vault, and a host of an online client with its data source. */
export async function makeEnds(
  account: TestAccount,
  given: { vault?: Record<string, unknown>; client?: Record<string, unknown> } = {},
) {
  const { owner, id: accountId, groupId } = account;
  const vault = await makeVault(owner, { accountId, resourceGroupId: groupId, ...given.vault });
  const client = await makeClient(owner, { accountId, ...given.client });
  const source = {
    accountId,
    id: newId('ds'),
    kind: 'local_file' as const,
    clientId: client.id,
    name: client.name,
  };
  await owner.insert(dataSources).values(source);
  return { vault, client, source };
}

export function policyInput(
  change: Partial<z.input<typeof CreatePolicy>> = {},
): z.input<typeof CreatePolicy> {
  return { name: `Policy ${newId('p').slice(-6)}`, rules: [rule()], ...change };
}
