import { webDatabase } from '@/lib/api/database';
import { readHealth } from '@/lib/api/health';
import { systemClock } from '@/lib/clock';

export const dynamic = 'force-dynamic';

/** 503 only when this process cannot serve: a late engine is not healed by restarting the web server. */
export async function GET(): Promise<Response> {
  const health = await readHealth(webDatabase(), systemClock, null);
  return Response.json(health, {
    status: health.status === 'down' ? 503 : 200,
    headers: { 'cache-control': 'no-store' },
  });
}
