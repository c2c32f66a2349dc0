import { type Route, route } from '@/lib/api/route';
import { pageOf } from '@/lib/schemas';
import { archiveBackupPoint } from './archive-backup-point';
import { createDownloadTicket } from './create-download-ticket';
import { deleteBackupPoint } from './delete-backup-point';
import { getBackupPoint, listBackupPoints } from './list-backup-points';
import { listEntries } from './list-entries';
import { BackupPoint, DownloadTicket, EntryPage, EntrySearch, PointSearch } from './schemas';
import { searchEntries } from './search-entries';
import { searchPoints } from './search-points';

const points = { tag: 'backup points', response: BackupPoint };

export const routes: Route[] = [
  route({
    ...points,
    method: 'GET',
    path: '/backup-points',
    summary: 'List backup points over all vaults',
    verb: listBackupPoints,
    response: pageOf(BackupPoint),
  }),
  route({
    ...points,
    method: 'GET',
    path: '/backup-point-search',
    summary: 'Find the backup points that hold a path or a name',
    description: 'Newest points first, some at a time. An empty page with a cursor is not the last one.',
    verb: searchPoints,
    response: PointSearch,
  }),
  route({
    ...points,
    method: 'GET',
    path: '/backup-points/{id}',
    summary: 'Get a backup point',
    verb: getBackupPoint,
  }),
  route({
    ...points,
    method: 'GET',
    path: '/backup-points/{pointId}/entries',
    summary: 'List one folder of a backup point',
    verb: listEntries,
    response: EntryPage,
  }),
  route({
    ...points,
    method: 'GET',
    path: '/backup-points/{pointId}/search',
    summary: 'Find what a backup point holds by a part of its name',
    description: 'An empty page with a cursor is not the last one.',
    verb: searchEntries,
    response: EntrySearch,
  }),
  route({
    ...points,
    method: 'POST',
    path: '/backup-points/{pointId}/download-tickets',
    summary: 'Create an address that downloads one file, once, within a minute',
    verb: createDownloadTicket,
    response: DownloadTicket,
    status: 201,
  }),
  route({
    ...points,
    method: 'POST',
    path: '/backup-points/{id}/archive',
    summary: 'Move a backup point to the archive tier of its vault, or into an archive vault',
    verb: archiveBackupPoint,
  }),
  route({
    ...points,
    method: 'DELETE',
    path: '/backup-points/{id}',
    summary: 'Delete a backup point',
    verb: deleteBackupPoint,
  }),
];
