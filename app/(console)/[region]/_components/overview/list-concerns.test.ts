import { expect, test } from 'vitest';
import type { BackupClient } from '@/lib/clients/schemas';
import type { Job } from '@/lib/jobs/schemas';
import type { Invitation } from '@/lib/resource-shares/schemas';
import type { Vault } from '@/lib/vaults/schemas';
import { type ConcernFacts, listConcerns } from './list-concerns';

const quiet: ConcernFacts = {
  region: 'cn-hangzhou',
  vaults: [],
  replications: [],
  invitations: [],
  clients: [],
  jobs: [],
  now: new Date('2026-01-10T00:00:00Z'),
};
const job = {
  id: 'j-1',
  kind: 'backup',
  status: 'failed',
  client: { id: 'c-1', name: 'files-01', isOnline: true },
  error: { code: 'internal', message: 'The disk is gone.' },
  report: null,
  finishedAt: '2026-01-09T00:00:00Z',
} as Job;

test('an account without trouble has no concerns', () => {
  const vault = { status: 'created', kmsKey: null } as Vault;
  const client = { status: 'online' } as BackupClient;
  expect(listConcerns({ ...quiet, vaults: [vault], clients: [client] })).toEqual([]);
});

test('the worst comes first and an invitation last', () => {
  const invitation = { id: 'i-1', status: 'pending', owner: { name: 'Holding' } } as Invitation;
  const client = { id: 'c-1', name: 'files-01', status: 'offline' } as BackupClient;
  const concerns = listConcerns({ ...quiet, invitations: [invitation], clients: [client], jobs: [job] });
  expect(concerns.map(({ kind }) => kind)).toEqual(['danger', 'warning', 'pending']);
});

test('a failed job leads to its page and is forgotten after a week', () => {
  expect(listConcerns({ ...quiet, jobs: [job] })).toMatchObject([
    { title: 'Backup on files-01 failed', href: '/cn-hangzhou/backup-jobs/j-1' },
  ]);
  const later = new Date('2026-01-17T00:00:00Z');
  expect(listConcerns({ ...quiet, jobs: [job], now: later })).toEqual([]);
});

test('a vault whose key is disabled is told as unreadable', () => {
  const vault = {
    id: 'v-1',
    name: 'papers',
    region: 'eu-west-1',
    status: 'created',
    kmsKey: { id: 'key-1', alias: 'alias/papers', state: 'disabled' },
  } as Vault;
  expect(listConcerns({ ...quiet, vaults: [vault] })).toMatchObject([
    {
      title: 'Vault papers cannot be read',
      detail: 'Its KMS key alias/papers is disabled.',
      href: '/eu-west-1/vaults/v-1',
    },
  ]);
});
