import { routes as accounts } from '@/lib/accounts/routes';
import { routes as alerts } from '@/lib/alerts/routes';
import { routes as audit } from '@/lib/audit/routes';
import { routes as backupCopies } from '@/lib/backup-copies/routes';
import { routes as backupPoints } from '@/lib/backup-points/routes';
import { routes as backupShares } from '@/lib/backup-shares/routes';
import { routes as backups } from '@/lib/backups/routes';
import { routes as billing } from '@/lib/billing/routes';
import { routes as clients } from '@/lib/clients/routes';
import { routes as directory } from '@/lib/directory/routes';
import { routes as disks } from '@/lib/disks/routes';
import { routes as fileSystems } from '@/lib/file-systems/routes';
import { routes as hana } from '@/lib/hana/routes';
import { routes as images } from '@/lib/images/routes';
import { routes as jobs } from '@/lib/jobs/routes';
import { routes as keyGrants } from '@/lib/key-grants/routes';
import { routes as keys } from '@/lib/keys/routes';
import { routes as notifications } from '@/lib/notifications/routes';
import { routes as policies } from '@/lib/policies/routes';
import { routes as profile } from '@/lib/profile/routes';
import { routes as projects } from '@/lib/projects/routes';
import { routes as regions } from '@/lib/regions/routes';
import { routes as replicaRemovals } from '@/lib/replica-removals/routes';
import { routes as replication } from '@/lib/replication/routes';
import { routes as resourceGroups } from '@/lib/resource-groups/routes';
import { routes as resourceShares } from '@/lib/resource-shares/routes';
import { routes as restores } from '@/lib/restores/routes';
import { routes as servers } from '@/lib/servers/routes';
import { routes as sources } from '@/lib/sources/routes';
import { routes as storage } from '@/lib/storage/routes';
import { routes as ticker } from '@/lib/ticker/routes';
import { routes as users } from '@/lib/users/routes';
import { routes as vaults } from '@/lib/vaults/routes';
import type { Route } from './route';

/** The whole of `/api/v1`. Dispatch, OpenAPI and the test of refused strangers are made from this table. */
export const routes: readonly Route[] = [
  ...accounts,
  ...alerts,
  ...audit,
  ...backupCopies,
  ...backupPoints,
  ...backupShares,
  ...backups,
  ...billing,
  ...clients,
  ...directory,
  ...fileSystems,
  ...hana,
  ...disks,
  ...images,
  ...jobs,
  ...keyGrants,
  ...keys,
  ...notifications,
  ...policies,
  ...profile,
  ...projects,
  ...regions,
  ...replicaRemovals,
  ...replication,
  ...resourceGroups,
  ...resourceShares,
  ...restores,
  ...servers,
  ...sources,
  ...storage,
  ...ticker,
  ...users,
  ...vaults,
];
