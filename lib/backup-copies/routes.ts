import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { createCopyRule, deleteCopyRule, listBackupCopies, listCopyRules } from './copy-rules';
import { BackupCopy, BackupCopyRule } from './schemas';

const tag = 'backups';

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/backup-copy-rules',
    tag,
    summary: 'List which policies copy their server and disk backups into another region',
    verb: listCopyRules,
    response: listOf(BackupCopyRule),
  }),
  route({
    method: 'POST',
    path: '/backup-copy-rules',
    tag,
    summary: 'Have a policy copy its server or disk backups into a vault of another region',
    status: 201,
    verb: createCopyRule,
    response: BackupCopyRule,
  }),
  route({
    method: 'DELETE',
    path: '/backup-copy-rules/{id}',
    tag,
    summary: 'Stop copying the backups of a policy into another region',
    verb: deleteCopyRule,
    response: BackupCopyRule,
  }),
  route({
    method: 'GET',
    path: '/backup-copies',
    tag,
    summary: 'List copies of backups in other regions',
    verb: listBackupCopies,
    response: listOf(BackupCopy),
  }),
];
