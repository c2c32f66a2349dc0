import { z } from 'zod';
import { signHead } from '@/lib/audit/sign-head';
import { ListEntries, SearchEntries } from '@/lib/backup-points/schemas';
import { CrossvaultError } from '@/lib/errors';
import { EstimateRestore } from '@/lib/restores/schemas';
import { estimateRestore, listEntries } from './browse-point';
import type { Exchange, Route } from './environment';
import { readBearer, readJson, sendJson } from './http';
import { type InternalClaims, verifyInternalToken } from './internal-token';
import { searchEntries } from './search-point';
import { searchPoints } from './search-points';

const SearchedPoints = z.object({
  pointIds: z.array(z.string()).max(100),
  query: z.string().min(1).max(1000),
});

/** A thousand chosen paths of up to 16 KiB each. */
const maxSelectionBytes = 20 * 1024 * 1024;

/** What the web server asks for users whom it has authorised; read as their account, behind its walls. */
export const internalRoutes: Route[] = [
  { method: 'POST', path: '/internal/entries', handle: entries },
  { method: 'POST', path: '/internal/search', handle: search },
  { method: 'POST', path: '/internal/search-points', handle: searchAll },
  { method: 'POST', path: '/internal/estimate', handle: estimate },
  { method: 'POST', path: '/internal/audit-head', handle: auditHead },
];

async function entries(exchange: Exchange): Promise<void> {
  const claims = verify(exchange, 'entries');
  const query = await readJson(exchange.request, ListEntries);
  requireSamePoint(claims, query.pointId);
  const { env, response } = exchange;
  sendJson(response, await env.share.run(claims.accountId, () => listEntries(env, claims.accountId, query)));
}

/** Many points of one account; each is opened as that account, so the token names none of them. */
async function searchAll(exchange: Exchange): Promise<void> {
  const { accountId } = verify(exchange, 'search-points');
  const query = await readJson(exchange.request, SearchedPoints);
  const { env, response } = exchange;
  sendJson(response, await env.share.run(accountId, () => searchPoints(env, accountId, query)));
}

async function search(exchange: Exchange): Promise<void> {
  const claims = verify(exchange, 'search');
  const query = await readJson(exchange.request, SearchEntries);
  requireSamePoint(claims, query.pointId);
  const { env, response } = exchange;
  sendJson(
    response,
    await env.share.run(claims.accountId, () => searchEntries(env, claims.accountId, query)),
  );
}

async function estimate(exchange: Exchange): Promise<void> {
  const claims = verify(exchange, 'estimate');
  const query = await readJson(exchange.request, EstimateRestore, maxSelectionBytes);
  requireSamePoint(claims, query.pointId);
  const { env, response } = exchange;
  sendJson(
    response,
    await env.share.run(claims.accountId, () => estimateRestore(env, claims.accountId, query)),
  );
}

/** The engine alone holds the signing key: a web process that was taken over cannot sign a past that never was. */
async function auditHead(exchange: Exchange): Promise<void> {
  const { env, response } = exchange;
  const { accountId } = verify(exchange, 'audit-head');
  sendJson(response, await signHead(env.db, accountId, env.auditKey, env.clock.now()));
}

function verify({ env, request }: Exchange, op: InternalClaims['op']): InternalClaims {
  return verifyInternalToken(env.internalSecret, readBearer(request), op, env.clock.now());
}

function requireSamePoint(claims: InternalClaims, pointId: string): void {
  if (claims.pointId === pointId) return;
  throw new CrossvaultError('unauthenticated', 'The token is for another backup point.');
}
