import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { acceptBackupShare, listVaultCandidates, rejectBackupShare } from './answer-backup-share';
import { cancelBackupShare, stopCancelRetry } from './cancel-backup-share';
import { listBackupShares, listReceivedBackupShares } from './list-backup-shares';
import { BackupShare, ReceivedBackupShare, ShareProjectCheck, VaultCandidate } from './schemas';
import { checkShareProject, shareBackup } from './share-backup';

const tag = 'backup shares';

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/backup-shares',
    tag,
    summary: 'List the shares of backups that this account gave',
    verb: listBackupShares,
    response: listOf(BackupShare),
  }),
  route({
    method: 'POST',
    path: '/backup-points/{pointId}/shares',
    tag,
    summary: 'Share a server or disk backup with projects of its region',
    description:
      'With up to ten projects at a time, all or none. Refusals carry the reason `BackupService.67xx`, at the field of the project that they are about.',
    status: 201,
    verb: shareBackup,
    response: listOf(BackupShare),
  }),
  route({
    method: 'GET',
    path: '/backup-points/{pointId}/share-projects/{projectId}',
    tag,
    summary:
      'Tell whether a backup can be shared with a project, and which keys have to be shared with it first',
    verb: checkShareProject,
    response: ShareProjectCheck,
  }),
  route({
    method: 'DELETE',
    path: '/backup-shares/{id}',
    tag,
    summary: 'Cancel a share, which takes the backup from its recipient',
    description:
      'Refused with `BackupService.6710` while the recipient has an image that was registered from its copy; with `retry` it is then tried again by itself.',
    verb: cancelBackupShare,
    response: BackupShare,
  }),
  route({
    method: 'DELETE',
    path: '/backup-shares/{id}/cancel-retry',
    tag,
    summary: 'Stop trying to cancel a share',
    verb: stopCancelRetry,
    response: BackupShare,
  }),
  route({
    method: 'GET',
    path: '/received-backup-shares',
    tag,
    summary: 'List backups that were shared with this account',
    verb: listReceivedBackupShares,
    response: listOf(ReceivedBackupShare),
  }),
  route({
    method: 'GET',
    path: '/received-backup-shares/{id}/vaults',
    tag,
    summary: 'List vaults that a shared backup could be accepted into, and why others could not',
    verb: listVaultCandidates,
    response: listOf(VaultCandidate),
  }),
  route({
    method: 'POST',
    path: '/received-backup-shares/{id}/accept',
    tag,
    summary: 'Accept a shared backup into a vault of the same type and region',
    description: 'Room for it is put aside, and the engine copies its bytes under the key of the vault.',
    verb: acceptBackupShare,
    response: ReceivedBackupShare,
  }),
  route({
    method: 'POST',
    path: '/received-backup-shares/{id}/reject',
    tag,
    summary: 'Reject a shared backup',
    verb: rejectBackupShare,
    response: ReceivedBackupShare,
  }),
];
