import { z } from 'zod';

export const AlertTopic = z.enum(['backups', 'replication', 'sharing', 'vaults', 'keys', 'account']);
export type AlertTopic = z.infer<typeof AlertTopic>;

/** What a contact can hear of. `alert_topic` of the database sorts each notification into one of them. */
export const alertTopics: Record<AlertTopic, { title: string; says: string }> = {
  backups: {
    title: 'Backups and restores',
    says: 'Jobs that failed or skipped files, policy runs that were missed or did not start.',
  },
  replication: {
    title: 'Replication',
    says: 'Started, stopped or waiting; a recovery-point objective that is missed or met again; silence of a source.',
  },
  sharing: {
    title: 'Sharing and directory',
    says: 'Invitations that arrive, run out or are answered; access that is given or lost.',
  },
  vaults: {
    title: 'Vaults and storage',
    says: 'Vaults in error, locked or full, trials that end, replicas that will be removed, zones and damaged data; disks, servers and file systems.',
  },
  keys: { title: 'Keys', says: 'Keys that are disabled, are to be destroyed or were destroyed.' },
  account: { title: 'Account', says: 'The state of the account, its users and its bills.' },
};
