import { CrossvaultError, notFound } from '@/lib/errors';
import { toErrorResponse } from './http-errors';
import { toKnownError } from './known-errors';
import { matchRoute, methodsOf } from './match-route';
import { recordRequest } from './metrics';
import { readJsonObject } from './request-body';
import { contextFromHeaders, type WebDoor } from './request-context';
import type { Route } from './route';

export const apiRoot = '/api/v1';
const secureHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** Answers one request of `/api/v1` by the table. Never throws. */
export async function dispatch(door: WebDoor, routes: readonly Route[], request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.slice(apiRoot.length);
  const match = matchRoute(routes, request.method, path);
  if (match) {
    const startedAt = performance.now();
    const response = await runRoute(door, match.route, match.params, request);
    recordRequest(request.method, match.route.path, response.status, startedAt);
    return response;
  }
  const allowed = methodsOf(routes, path);
  if (allowed.length === 0) return toErrorResponse(notFound('address'));
  const response = toErrorResponse(
    new CrossvaultError('invalid_input', `This address answers ${allowed.join(', ')}.`, { reason: 'method' }),
  );
  return new Response(response.body, {
    status: 405,
    headers: { ...Object.fromEntries(response.headers), allow: allowed.join(', ') },
  });
}

/** Answers a request by one route, for the few that also live at an address of their own. */
export async function runRoute(
  door: WebDoor,
  route: Route,
  params: Record<string, string>,
  request: Request,
): Promise<Response> {
  try {
    const ctx = await contextFromHeaders(door, request.headers, {
      isChange: request.method !== 'GET',
      idempotencyKey: request.headers.get('idempotency-key'),
    });
    const input = { ...(await readInput(request)), ...params };
    if (route.response === null)
      return await streamed(route, route.run(ctx, input) as AsyncGenerator<string>);
    const out = await route.run(ctx, input);
    return Response.json(route.response.parse(out), { status: route.status ?? 200, headers: secureHeaders });
  } catch (error) {
    return toErrorResponse(toKnownError(error, { action: route.verb.action }));
  }
}

async function readInput(request: Request): Promise<Record<string, unknown>> {
  const takesQuery = request.method === 'GET' || request.method === 'DELETE';
  const query = takesQuery ? Object.fromEntries(new URL(request.url).searchParams) : {};
  return request.method === 'GET' ? query : { ...query, ...(await readJsonObject(request)) };
}

/** The first piece is made before the status is sent, so that a refusal is still an error answer. */
async function streamed(route: Route, pieces: AsyncGenerator<string>): Promise<Response> {
  const first = await pieces.next();
  const encoder = new TextEncoder();
  let next: Promise<IteratorResult<string>> = Promise.resolve(first);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const piece = await next;
      if (piece.done) return controller.close();
      controller.enqueue(encoder.encode(piece.value));
      next = pieces.next();
      // Read by the next pull; until then its failure must not count as unhandled.
      next.catch(() => {});
    },
    cancel: async () => void (await pieces.return(undefined)),
  });
  const headers = {
    ...secureHeaders,
    'content-type': route.contentType,
    'content-disposition': `attachment; filename="${route.filename}"`,
  };
  return new Response(body, { headers });
}
