import type { Role } from '@/lib/context';
import type { HostPlan } from './hosts';

export interface DemoClient {
  name: string;
  placement: 'server' | 'ecs';
  region: string;
  /** Absent: an empty machine that waits for a restore. */
  host?: HostPlan;
  /** Backups made on the first start, each over data that changed since the one before. */
  points: number;
  vault?: string;
}

export interface DemoAccount {
  name: string;
  domain: string;
  users: { name: string; role: Role; mailbox: string }[];
  vaults: { name: string; region: string; kind: 'standard' | 'replication_target'; description: string }[];
  clients: DemoClient[];
}

/** Three accounts: one waits for the journey of the README, one already replicates, one keeps the copies. */
export const northwind: DemoAccount = {
  name: 'Northwind Retail',
  domain: 'northwind.example',
  users: [
    { name: 'Nora Lindqvist', role: 'administrator', mailbox: 'admin' },
    { name: 'Omar Haddad', role: 'operator', mailbox: 'operator' },
    { name: 'Ada Moreau', role: 'auditor', mailbox: 'auditor' },
  ],
  vaults: [
    {
      name: 'retail-files',
      region: 'cn-hangzhou',
      kind: 'standard',
      description: 'File servers of the head office.',
    },
  ],
  clients: [
    {
      name: 'nw-file-01',
      placement: 'server',
      region: 'cn-hangzhou',
      vault: 'retail-files',
      host: { seed: 11, documents: 160, spreadsheets: 40, pictures: 90, sources: 120 },
      points: 4,
    },
  ],
};

export const harbor: DemoAccount = {
  name: 'Harbor Logistics',
  domain: 'harbor.example',
  users: [{ name: 'Hanna Brandt', role: 'administrator', mailbox: 'admin' }],
  vaults: [
    {
      name: 'depot-records',
      region: 'eu-west-1',
      kind: 'standard',
      description: 'Freight papers and depot pictures.',
    },
  ],
  clients: [
    {
      name: 'harbor-depot',
      placement: 'server',
      region: 'eu-west-1',
      vault: 'depot-records',
      host: { seed: 23, documents: 60, spreadsheets: 12, pictures: 40, sources: 20 },
      points: 3,
    },
  ],
};

export const backupOffice: DemoAccount = {
  name: 'Group Backup Office',
  domain: 'backup-office.example',
  users: [
    { name: 'Greta Olsen', role: 'administrator', mailbox: 'admin' },
    { name: 'Ivo Petrov', role: 'auditor', mailbox: 'auditor' },
  ],
  vaults: [
    {
      name: 'harbor-copy',
      region: 'eu-central-1',
      kind: 'replication_target',
      description: 'Second copy of the depot records of Harbor Logistics.',
    },
  ],
  clients: [
    { name: 'restore-host', placement: 'server', region: 'eu-central-1', points: 0 },
    { name: 'recovery-ecs', placement: 'ecs', region: 'eu-central-1', points: 0 },
  ],
};

export const demoAccounts = [northwind, harbor, backupOffice];
