import { webDoor } from '@/lib/api/context';
import { readHealth } from '@/lib/api/health';
import { toErrorResponse } from '@/lib/api/http-errors';
import { metrics, recordHealth } from '@/lib/api/metrics';
import { isLoopback, peerOf } from '@/lib/api/peer';
import { systemClock } from '@/lib/clock';
import { notFound } from '@/lib/errors';

export const dynamic = 'force-dynamic';

/** For a collector on this machine. From elsewhere, or through a proxy, the address does not exist. */
export async function GET(request: Request): Promise<Response> {
  const { db } = webDoor();
  const cameThroughProxy = request.headers.has('forwarded') || request.headers.has('via');
  if (cameThroughProxy || !isLoopback(peerOf(request.headers, 0)))
    return toErrorResponse(notFound('address'));
  recordHealth(await readHealth(db, systemClock, null));
  const { registry } = metrics();
  return new Response(await registry.metrics(), {
    headers: { 'content-type': registry.contentType, 'cache-control': 'no-store' },
  });
}
