import type { JobFilter } from '@/lib/jobs/query';

export const runningJobs: JobFilter = { status: 'queued,running', limit: 5 };
export const failedJobs: JobFilter = { status: 'failed,partial', limit: 10 };
