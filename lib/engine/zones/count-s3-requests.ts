import { Counter } from 'prom-client';
import type { OnS3Request } from '@/lib/engine/core/store/s3/s3-client';

/** Attempts of S3 requests by kind, as a bill counts them. The metric belongs to whoever registers it. */
export function countS3Requests(): { metric: Counter<'kind' | 'outcome'>; onRequest: OnS3Request } {
  const metric = new Counter({
    name: 'crossvault_s3_requests_total',
    help: 'Attempts of requests to S3 servers.',
    labelNames: ['kind', 'outcome'],
    registers: [],
  });
  return { metric, onRequest: (request) => metric.inc(request) };
}
