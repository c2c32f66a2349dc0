import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { sendToEngine, streamFromEngine } from '@/lib/engine/gateway/internal-client';
import { CrossvaultError } from '@/lib/errors';
import { readVerb, thenOutside, writeVerb } from '@/lib/verb';
import { loadDiskForUpdate } from './internal';
import { requireResting } from './rules';
import { DownloadDisk, GetDisk } from './schemas';

/** What a browser sends in one request. */
export const uploadPieceBytes = 8 * 1024 * 1024;

export const UploadProgress = z.object({ bytesDone: z.number(), bytesTotal: z.number() });

const authoriseUpload = readVerb({
  action: 'disks.upload',
  permission: 'servers.manage',
  input: GetDisk,
  run: async ({ ctx, tx, input }) => {
    const disk = await loadDiskForUpdate(tx, ctx.accountId, input.id);
    if (disk.state === 'creating' && disk.createdFrom.kind === 'upload') return disk.id;
    throw new CrossvaultError('state_conflict', 'This disk takes no file any more.', {
      reason: 'upload_over',
    });
  },
});

/** Takes the next piece of a disk's file. Pieces come in order; one that is repeated is refused with where to go on. */
export const uploadDisk = (piece: { offset: number; bytes: Uint8Array }) =>
  thenOutside(authoriseUpload, (ctx, id) =>
    sendToEngine(
      { accountId: ctx.accountId, userId: ctx.actor.userId, op: 'disk-upload', pointId: id },
      piece,
      UploadProgress,
      ctx.clock.now(),
    ),
  );

const authoriseDownload = writeVerb({
  action: 'disks.download',
  permission: 'servers.manage',
  input: DownloadDisk,
  async run({ ctx, tx, input, audit }) {
    const disk = await loadDiskForUpdate(tx, ctx.accountId, input.id);
    requireResting(disk, 'downloaded');
    await audit({
      resourceKind: 'disk',
      resourceId: disk.id,
      resourceName: disk.name,
      after: { format: input.format },
    });
    return { id: disk.id, name: disk.name };
  },
});

/** The bytes of a disk that rests, in the clear, as raw or qcow2, as long as the answer's length says. */
export const downloadDisk: (
  ctx: Parameters<typeof authoriseDownload>[0],
  input: z.input<typeof DownloadDisk>,
) => Promise<{ answer: IncomingMessage; fileName: string }> = thenOutside(
  authoriseDownload,
  async (ctx, { id, name }, { format }) => ({
    fileName: `${name.replace(/[^A-Za-z0-9._-]/g, '_')}.${format}`,
    answer: await streamFromEngine(
      { accountId: ctx.accountId, userId: ctx.actor.userId, op: 'disk-download', pointId: id },
      { format },
      ctx.clock.now(),
    ),
  }),
);
