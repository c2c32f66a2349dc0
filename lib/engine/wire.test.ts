import { expect, test } from 'vitest';
import { JobOffer } from './wire';

const offer = (spec: object) => ({
  jobId: 'job-1',
  attempt: 1,
  work: { kind: 'restore', pointId: 's-1', vaultName: 'vault', spec },
});
const spec = { selection: { mode: 'all' }, conflictPolicy: 'skip' };
const destination = { kind: 'host', targetPath: '/restore' };

test('an offer of an engine that knows only folders of hosts is read as one', () => {
  const { work } = JobOffer.parse(offer({ ...spec, targetPath: '/restore' }));
  expect(work.spec).toMatchObject({ ...spec, destination });
});

test('an offer carries the folder of a host for clients of before too, and needs a destination', () => {
  const { work } = JobOffer.parse(offer({ ...spec, destination, targetPath: '/restore' }));
  expect(work.spec).toEqual({ ...spec, destination, targetPath: '/restore', isDryRun: false });
  expect(JobOffer.safeParse(offer(spec)).success).toBe(false);
});
