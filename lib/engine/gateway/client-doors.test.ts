import { expect, test } from 'vitest';
import { backupRoutes } from './backup-routes';
import { clientRoutes } from './client-routes';
import { downloadRoutes } from './download-routes';
import { restoreRoutes } from './restore-routes';

test('a host has no door through which it could delete a backup point, whatever it sends', () => {
  const doors = [...clientRoutes, ...backupRoutes, ...restoreRoutes, ...downloadRoutes];
  // Whoever adds a door here says that it deletes nothing and makes no retention shorter.
  expect(doors.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
    'GET /download/:ticket',
    'GET /v1/vaults',
    'POST /v1/enrol',
    'POST /v1/heartbeat',
    'POST /v1/jobs',
    'POST /v1/jobs/:id/backup/begin',
    'POST /v1/jobs/:id/backup/chunks',
    'POST /v1/jobs/:id/backup/commit',
    'POST /v1/jobs/:id/backup/known',
    'POST /v1/jobs/:id/backup/parent-pages',
    'POST /v1/jobs/:id/finish',
    'POST /v1/jobs/:id/progress',
    'POST /v1/jobs/:id/restore/begin',
    'POST /v1/jobs/:id/restore/chunks',
  ]);
});
