import { expect, test } from 'vitest';
import type { BackupClient } from '@/lib/clients/schemas';
import type { Replication } from '@/lib/replication/schemas';
import type { Invitation, ResourceShare } from '@/lib/resource-shares/schemas';
import type { Vault } from '@/lib/vaults/schemas';
import { type ChecklistFacts, isThrough, planChecklist } from './plan-checklist';

const nothing: ChecklistFacts = {
  region: 'cn-hangzhou',
  vaults: [],
  clients: [],
  invitations: [],
  shares: [],
  replications: [],
};
const client = { status: 'online' } as BackupClient;
const vault = { kind: 'standard', pointCount: 3 } as Vault;
const target = { id: 'r-1', kind: 'replication_target', region: 'eu-central-1', pointCount: 0 } as Vault;
const ticks = (facts: Partial<ChecklistFacts>) =>
  planChecklist({ ...nothing, ...facts }).map(({ steps }) => steps.map(({ isDone }) => isDone));

test('a new account has everything before it', () => {
  expect(ticks({})).toEqual([Array(5).fill(false), Array(5).fill(false)]);
});

test('each step is ticked by what exists', () => {
  const invitations = [{ status: 'accepted' } as Invitation];
  expect(ticks({ clients: [client], vaults: [vault], invitations })[0]).toEqual([
    true,
    true,
    true,
    true,
    false,
  ]);
});

test('a revoked client, an empty vault and a pending invitation tick nothing', () => {
  const facts = {
    clients: [{ status: 'revoked' } as BackupClient],
    vaults: [{ ...vault, pointCount: 0 }],
    invitations: [{ status: 'pending' } as Invitation],
  };
  expect(ticks(facts)[0]).toEqual([false, true, false, false, false]);
  expect(planChecklist({ ...nothing, ...facts })[0]?.steps[3]?.detail).toBe(
    '1 invitation waits for your answer.',
  );
});

test('a road is through when the last of its steps is', () => {
  const share = {
    vaults: [target],
    principals: [{ invitationStatus: 'accepted' }],
  } as unknown as ResourceShare;
  const incoming = { side: 'target', newestPointAt: null } as Replication;
  const facts = { ...nothing, clients: [client], vaults: [target], shares: [share] };
  const before = planChecklist({ ...facts, replications: [incoming] })[1];
  const after = planChecklist({
    ...facts,
    replications: [{ ...incoming, newestPointAt: '2026-01-01T00:00:00Z' }],
  })[1];
  expect(before && isThrough(before)).toBe(false);
  expect(after && isThrough(after)).toBe(true);
});
