import { type Route, route } from '@/lib/api/route';
import { pageOf } from '@/lib/schemas';
import { getBackup, listBackups } from './list-backups';
import { Backup } from './schemas';

const tag = 'backups';

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/backups',
    tag,
    summary: 'List backups of servers and disks, own and shared ones',
    verb: listBackups,
    response: pageOf(Backup),
  }),
  route({
    method: 'GET',
    path: '/backups/{id}',
    tag,
    summary: 'Get a backup of a server or a disk',
    verb: getBackup,
    response: Backup,
  }),
];
