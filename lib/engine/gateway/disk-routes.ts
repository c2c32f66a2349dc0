import { open } from 'node:fs/promises';
import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { inAccount } from '@/db/client';
import { disks } from '@/db/schema';
import { ImportableImage, ListImportableImages } from '@/lib/disks/schemas';
import { type BlockSource, LuksSource, openDisk, streamQcow2 } from '@/lib/engine/core/disk';
import { writeFully } from '@/lib/engine/core/disk/raw';
import { openDiskKey, openDiskSecret } from '@/lib/engine/disks/disk-secret';
import { listImports } from '@/lib/engine/disks/find-import';
import { uploadFile } from '@/lib/engine/disks/make-disk';
import { findMachineHost } from '@/lib/engine/machines/find-qemu';
import { readConsole, readScreen } from '@/lib/engine/machines/machine';
import { CrossvaultError, notFound } from '@/lib/errors';
import { diskFile, prepareDiskFile } from '@/lib/regions';
import { listOf } from '@/lib/schemas';
import type { Exchange, GatewayEnvironment, Route } from './environment';
import { readBearer, readBody, readJson, sendJson, streamBytes } from './http';
import { type InternalClaims, verifyInternalToken } from './internal-token';

const pieceBytes = 16 * 1024 * 1024;
const consoleBytes = 64 * 1024;
const streamedBytes = 1024 * 1024;

/** What the web server asks about disks and machines for users whom it has authorised; looked up behind the account's walls. */
export const diskRoutes: Route[] = [
  { method: 'POST', path: '/internal/disk-imports', handle: imports },
  { method: 'POST', path: '/internal/disk-upload', handle: upload },
  { method: 'POST', path: '/internal/disk-download', handle: download },
  { method: 'POST', path: '/internal/machine', handle: machine },
];

async function imports(exchange: Exchange): Promise<void> {
  verify(exchange, 'disk-imports');
  const { region } = await readJson(exchange.request, ListImportableImages);
  sendJson(exchange.response, listOf(ImportableImage).parse(await listImports(region)));
}

async function upload(exchange: Exchange): Promise<void> {
  const { env, request, response } = exchange;
  const { accountId, pointId } = verify(exchange, 'disk-upload');
  const disk = await loadDisk(env, accountId, pointId);
  const offset = Number(request.headers['x-crossvault-offset']);
  const total = disk.bytesTotal ?? 0;
  if (disk.state !== 'creating' || disk.createdFrom.kind !== 'upload') throw notFound('disk');
  if (offset !== disk.bytesDone)
    throw new CrossvaultError('state_conflict', `Go on at byte ${disk.bytesDone}.`, {
      reason: 'other_offset',
    });
  const bytes = await readBody(request, Math.min(pieceBytes, total - offset));
  const file = await open(uploadFile(await prepareDiskFile(disk)), offset === 0 ? 'w' : 'r+', 0o600);
  try {
    await writeFully(file, offset, bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  const bytesDone = offset + bytes.length;
  await inAccount(env.db, accountId, async (tx) => {
    await tx
      .update(disks)
      .set({ bytesDone })
      .where(and(eq(disks.id, disk.id), eq(disks.bytesDone, offset), eq(disks.state, 'creating')));
    if (bytesDone >= total) await tx.execute(sql`select wake_ticker(${accountId})`);
  });
  sendJson(response, { bytesDone, bytesTotal: total });
}

async function download(exchange: Exchange): Promise<void> {
  const { env, request, response } = exchange;
  const { accountId, pointId } = verify(exchange, 'disk-download');
  const { format } = await readJson(request, z.object({ format: z.enum(['raw', 'qcow2']) }));
  const disk = await loadDisk(env, accountId, pointId);
  const source = await openClear(env, disk);
  try {
    const { length, bytes } =
      format === 'qcow2'
        ? await streamQcow2(source)
        : { length: source.sizeBytes, bytes: readThrough(source) };
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': length });
    await streamBytes(response, bytes, (sent) => env.metrics.chunkBytes.inc({ direction: 'out' }, sent));
  } finally {
    await source.close();
  }
}

async function openClear(env: GatewayEnvironment, disk: typeof disks.$inferSelect): Promise<BlockSource> {
  const below = await openDisk(diskFile(disk), disk.format);
  if (!disk.isEncrypted) return below;
  try {
    const { accountId, kmsKeyId, sealedSecret } = disk;
    if (!kmsKeyId || !sealedSecret) throw notFound('key of this disk');
    const key = await inAccount(env.db, accountId, (tx) =>
      openDiskKey(tx, env.serviceKey, accountId, kmsKeyId),
    );
    return await LuksSource.open(below, openDiskSecret(key, accountId, sealedSecret));
  } catch (error) {
    await below.close();
    throw error;
  }
}

async function* readThrough(source: BlockSource): AsyncGenerator<Buffer> {
  for await (const { offset, length, isZero } of source.extents()) {
    for (let at = offset; at < offset + length; at += streamedBytes) {
      const piece = Buffer.alloc(Math.min(streamedBytes, offset + length - at));
      if (!isZero) await source.read(at, piece);
      yield piece;
    }
  }
}

const Asked = z.union([
  z.object({ wanted: z.literal('host') }),
  z.object({ wanted: z.enum(['console', 'screen']), serverId: z.string().regex(/^i-[0-9a-z]{20}$/) }),
]);

async function machine(exchange: Exchange): Promise<void> {
  const { env, request, response } = exchange;
  const { accountId } = verify(exchange, 'machine');
  const asked = await readJson(request, Asked);
  if (asked.wanted === 'host') {
    const { program, version, accelerator } = await findMachineHost();
    sendJson(response, { isInstalled: program !== null, version, accelerator });
    return;
  }
  const { serverId, wanted } = asked;
  const [own] = await inAccount(env.db, accountId, (tx) =>
    tx.execute(sql`select id from servers where account_id = ${accountId} and id = ${serverId}`),
  );
  if (!own) throw notFound('server');
  if (wanted === 'console') sendJson(response, { text: await readConsole(serverId, consoleBytes) });
  else sendJson(response, { png: (await readScreen(serverId)).toString('base64') });
}

async function loadDisk(env: GatewayEnvironment, accountId: string, id: string | null) {
  const [disk] = await inAccount(env.db, accountId, (tx) =>
    tx
      .select()
      .from(disks)
      .where(and(eq(disks.accountId, accountId), eq(disks.id, id ?? ''))),
  );
  if (!disk) throw notFound('disk');
  return disk;
}

function verify({ env, request }: Exchange, op: InternalClaims['op']): InternalClaims {
  return verifyInternalToken(env.internalSecret, readBearer(request), op, env.clock.now());
}
