import { expect, it } from 'vitest';
import { countRequests } from './s3-requests';

it('counts every attempt by what a bill calls it, failed ones too', () => {
  const metrics = `# TYPE crossvault_s3_requests_total counter
crossvault_s3_requests_total{kind="PutObject",outcome="ok"} 7
crossvault_s3_requests_total{kind="UploadPart",outcome="ok"} 12
crossvault_s3_requests_total{kind="UploadPart",outcome="error"} 1
crossvault_s3_requests_total{kind="GetObject",outcome="ok"} 5
crossvault_s3_requests_total{kind="HeadObject",outcome="ok"} 3
crossvault_s3_requests_total{kind="ListObjectsV2",outcome="ok"} 2
crossvault_s3_requests_total{kind="DeleteObjects",outcome="ok"} 1
crossvault_s3_requests_total{kind="SomethingNew",outcome="ok"} 4
crossvault_jobs_total{kind="PutObject"} 99
`;
  expect(countRequests(metrics)).toEqual({ put: 20, get: 5, head: 3, list: 2, remove: 1, other: 4 });
});
