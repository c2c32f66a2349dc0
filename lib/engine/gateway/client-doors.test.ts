import { expect, test } from 'vitest';
import { outerRoutes } from './server';

test('a host has no door through which it could delete a backup point, whatever it sends', () => {
  // Whoever adds a door here says that it deletes nothing and makes no retention shorter.
  expect(outerRoutes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
    'GET /download/:ticket',
    'GET /v1/vaults',
    'POST /v1/backint/backup',
    // Of an object's name, in what the agent is told: its bytes stay.
    'POST /v1/backint/hide',
    'POST /v1/backint/inquire',
    'POST /v1/backint/restore',
    'POST /v1/enrol',
    'POST /v1/heartbeat',
    'POST /v1/jobs',
    'POST /v1/jobs/:id/backup/begin',
    'POST /v1/jobs/:id/backup/chunks',
    'POST /v1/jobs/:id/backup/commit',
    'POST /v1/jobs/:id/backup/known',
    'POST /v1/jobs/:id/backup/parent-pages',
    'POST /v1/jobs/:id/finish',
    'POST /v1/jobs/:id/prepare-recovery',
    'POST /v1/jobs/:id/progress',
    'POST /v1/jobs/:id/restore/begin',
    'POST /v1/jobs/:id/restore/chunks',
    'POST /v1/questions/:id/answer',
  ]);
});
