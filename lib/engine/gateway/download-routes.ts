import type { ServerResponse } from 'node:http';
import { type Download, redeemDownloadTicket } from '@/lib/backup-points';
import type { ChunkRef, FileEntry } from '@/lib/engine/core';
import { TreeReader } from '@/lib/engine/core/tree/tree-reader';
import { CrossvaultError } from '@/lib/errors';
import type { ArchiveWriter } from './archive/archive-format';
import { pointItems } from './archive/point-items';
import { TarWriter } from './archive/tar-writer';
import { ZipWriter } from './archive/zip-writer';
import type { Exchange, Route } from './environment';
import { streamBytes } from './http';
import { loadChunks, type OpenPoint, openPoint } from './open-point';
import { type ContentRange, parseRange } from './parse-range';
import { decodePath } from './tree-path';

/** Chunks looked up by one statement while a file is sent. */
const chunksAtATime = 64;
const chunksPerKeyCheck = 4;
const gatheredBytes = 128 * 1024;

export const downloadRoutes: Route[] = [{ method: 'GET', path: '/download/:ticket', handle: download }];

/** A file of a point to a browser, or a folder as an archive. The ticket is used up by asking, whatever becomes of the answer. */
async function download(exchange: Exchange): Promise<void> {
  const { env, request, response, params } = exchange;
  keepHarmless(response);
  const ticket = await redeemDownloadTicket(env, params.ticket!);
  const { accountId, pointId, path } = ticket;
  const point = await openPoint(env, accountId, pointId);
  const tree = new TreeReader(point.load);
  if (ticket.format !== 'file') return sendArchive(exchange, point, tree, ticket, ticket.format);
  const file = await findFile(tree, point, path);
  const range = parseRange(request.headers.range, file.sizeBytes);
  sendHead(response, file, range);
  const bytes = readRange(tree, point, file, range);
  const next = () => env.share.run(accountId, () => bytes.next());
  await streamBytes(response, inTurns(next), (sent) =>
    env.metrics.chunkBytes.inc({ direction: 'out' }, sent),
  );
}

async function findFile(tree: TreeReader, point: OpenPoint, path: string): Promise<FileEntry> {
  const names = decodePath(path);
  const entry = names.length > 0 ? await tree.lookup(point.rootPage, names) : null;
  if (entry?.type === 'file') return entry;
  throw new CrossvaultError(
    'not_eligible',
    'This is no file. A folder is downloaded as an archive, or restored.',
    { reason: 'not_a_file' },
  );
}

const writers = { tar: () => new TarWriter(), zip: () => new ZipWriter() };

/** A folder, or all of the point, as it is read: nothing is gathered before it is sent. */
async function sendArchive(
  { env, response }: Exchange,
  point: OpenPoint,
  tree: TreeReader,
  { accountId, path }: Download,
  format: 'tar' | 'zip',
): Promise<void> {
  const folder = await findFolder(tree, point, path);
  const writer = writers[format]();
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-disposition': attachmentHeader(Buffer.concat([folder.name, Buffer.from(`.${format}`)])),
    'cache-control': 'no-store',
  });
  const pieces = gathered(archivePieces(tree, point, folder, writer));
  try {
    await streamBytes(
      response,
      inTurns(() => env.share.run(accountId, () => pieces.next())),
      (sent) => env.metrics.chunkBytes.inc({ direction: 'out' }, sent),
    );
  } finally {
    await pieces.return(undefined);
    await writer.close();
  }
}

async function* archivePieces(
  tree: TreeReader,
  point: OpenPoint,
  folder: { name: Uint8Array; root: Uint8Array },
  writer: ArchiveWriter,
): AsyncGenerator<Uint8Array> {
  const whole = (file: FileEntry) =>
    readRange(tree, point, file, { start: 0, length: file.sizeBytes, isPartial: false });
  for await (const item of pointItems(tree, point, folder, whole)) yield* writer.add(item);
  yield* writer.finish();
}

/** The root of the point goes by the name of its source. */
async function findFolder(
  tree: TreeReader,
  point: OpenPoint,
  path: string,
): Promise<{ name: Uint8Array; root: Uint8Array }> {
  const names = decodePath(path);
  if (names.length === 0) {
    const name = point.row.sourceName.replace(/[/\\\0]/g, '_').replace(/^\.+$/, 'backup') || 'backup';
    return { name: Buffer.from(name), root: point.rootPage };
  }
  const entry = await tree.lookup(point.rootPage, names);
  if (entry.type === 'dir') return entry;
  throw new CrossvaultError('not_eligible', 'Only folders are downloaded as an archive.', {
    reason: 'not_a_folder',
  });
}

/** Headers of small files are some hundred bytes: they are sent together. */
async function* gathered(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    held.push(Uint8Array.from(piece));
    length += piece.length;
    if (length < gatheredBytes) continue;
    yield Buffer.concat(held);
    [held, length] = [[], 0];
  }
  yield Buffer.concat(held);
}

/** The bytes come from a protected host and may be hostile: no browser is to run, guess or keep them. */
function keepHarmless(response: ServerResponse): void {
  response.setHeader('content-security-policy', "sandbox; default-src 'none'");
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('referrer-policy', 'no-referrer');
}

function sendHead(response: ServerResponse, file: FileEntry, range: ContentRange): void {
  const { start, length, isPartial } = range;
  response.writeHead(isPartial ? 206 : 200, {
    'content-type': 'application/octet-stream',
    'content-disposition': attachmentHeader(file.name),
    'content-length': length,
    'cache-control': 'no-store',
    'accept-ranges': 'bytes',
    ...(isPartial && { 'content-range': `bytes ${start}-${start + length - 1}/${file.sizeBytes}` }),
  });
}

/** The name twice: in ASCII for old browsers, and as it is. Bytes that are no UTF-8 become the replacement character. */
export function attachmentHeader(name: Uint8Array): string {
  const text = Buffer.from(name)
    .toString('utf8')
    .replace(/[\p{Cc}\p{Cf}]/gu, '_');
  const ascii = text.replace(/[^A-Za-z0-9 ._()-]/g, '_');
  const encoded = encodeURIComponent(text).replace(
    /['()*!]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

async function* readRange(
  tree: TreeReader,
  point: OpenPoint,
  file: FileEntry,
  { start, length }: ContentRange,
): AsyncGenerator<Uint8Array> {
  const end = start + length;
  let group: (ChunkRef & { offset: number })[] = [];
  for await (const chunk of tree.chunksFrom(file.content, start)) {
    if (chunk.offset >= end) break;
    group.push(chunk);
    if (group.length < chunksAtATime) continue;
    yield* readGroup(point, group, start, end);
    group = [];
  }
  if (length > 0) yield* readGroup(point, group, start, end);
}

async function* readGroup(
  { vault, lineage, reader }: OpenPoint,
  group: readonly (ChunkRef & { offset: number })[],
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  let i = 0;
  const names = group.map(({ name }) => name);
  for await (const { bytes } of loadChunks(vault, lineage, reader, names)) {
    // A file may take hours: disabling the key ends it here.
    if (i % chunksPerKeyCheck === 0) await vault.requireKey();
    const { offset } = group[i++]!;
    yield bytes.subarray(Math.max(0, start - offset), Math.min(bytes.length, end - offset));
  }
}

async function* inTurns(next: () => Promise<IteratorResult<Uint8Array>>): AsyncGenerator<Uint8Array> {
  for (let step = await next(); !step.done; step = await next()) yield step.value;
}
