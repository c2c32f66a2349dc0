import { type Route, route } from '@/lib/api/route';
import { pageOf } from '@/lib/schemas';
import { cancelJob } from './cancel-job';
import { getJob, listJobs } from './list-jobs';
import { Job } from './schemas';
import { startBackup } from './start-backup';

const jobs = { tag: 'jobs', response: Job };

export const routes: Route[] = [
  route({
    ...jobs,
    method: 'GET',
    path: '/jobs',
    summary: 'List jobs',
    verb: listJobs,
    response: pageOf(Job),
  }),
  route({ ...jobs, method: 'GET', path: '/jobs/{id}', summary: 'Get a job', verb: getJob }),
  route({
    ...jobs,
    method: 'POST',
    path: '/jobs/backup',
    summary: 'Start a backup',
    description: 'A client that is offline takes the job when it is back.',
    verb: startBackup,
    status: 201,
  }),
  route({ ...jobs, method: 'POST', path: '/jobs/{id}/cancel', summary: 'Cancel a job', verb: cancelJob }),
];
