import { nameToHex } from '@/lib/engine/core/names';
import { BeginRestoreRequest } from '../wire';
import { authenticate, claimOf } from './authenticate';
import type { Exchange, Route } from './environment';
import { readAttempt, readJson, readNames, sendJson } from './http';
import { sendFrames } from './send-frames';

export const restoreRoutes: Route[] = [
  { method: 'POST', path: '/v1/jobs/:id/restore/begin', handle: begin },
  { method: 'POST', path: '/v1/jobs/:id/restore/chunks', handle: chunks },
];

async function begin(exchange: Exchange): Promise<void> {
  const caller = await authenticate(exchange);
  const { attempt } = await readJson(exchange.request, BeginRestoreRequest);
  const { row, lineage, rootPage } = await exchange.env.restores.begin(
    claimOf(caller, exchange, 'restore', attempt),
  );
  sendJson(exchange.response, {
    pointId: row.id,
    lineageId: lineage.lineageId,
    namingKey: Buffer.from(lineage.namingKey).toString('base64'),
    rootPage: nameToHex(rootPage),
    sourceBytes: row.sourceBytes,
    fileCount: row.fileCount,
  });
}

async function chunks(exchange: Exchange): Promise<void> {
  const caller = await authenticate(exchange);
  const claim = claimOf(caller, exchange, 'restore', readAttempt(exchange.request));
  const names = await readNames(exchange.request);
  await sendFrames(exchange, claim.accountId, await exchange.env.restores.serve(claim, names));
}
