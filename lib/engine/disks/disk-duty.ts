import { and, eq, type SQL, sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { disks, imageDisks, images } from '@/db/schema';
import type { Duty } from '@/lib/engine/ticker/duties';
import type { VaultEnvironment } from '@/lib/engine/vaults';
import { CrossvaultError } from '@/lib/errors';
import { notify } from '@/lib/notifications';
import { diskFile } from '@/lib/regions';
import { growDisk, type MadeDisk, makeDisk, removeFiles } from './make-disk';

type DiskRow = typeof disks.$inferSelect;

const leaseSeconds = 60;
const renewMs = 2000;

/** Disks that an engine has work with: all but those that a restore fills or a browser is still sending. */
const isDue = sql`(
  state in ('resizing', 'deleting')
  or state = 'creating' and created_from ->> 'kind' in ('empty', 'import', 'image')
  or state = 'creating' and created_from ->> 'kind' = 'upload' and bytes_done >= bytes_total)`;

/** Work under way in this process; a lease in the row keeps other engines from it. */
const running = new Map<string, Promise<void>>();
const stop = new AbortController();

/** Ends the making of disks in this process: what was begun is begun again by whoever has the lease next. */
export async function stopDiskWork(): Promise<void> {
  stop.abort();
  await Promise.allSettled(running.values());
}

/** Makes, enlarges and deletes the files of disks. Long work goes on beside the ticker. */
export const diskDuty: Duty = {
  kind: 'disks',
  dueAt: (accountId): SQL => sql`least(
    (select min(coalesce(claimed_until, now())) from disks where account_id = ${accountId} and ${isDue}),
    (select now() from images where account_id = ${accountId} and state = 'deleting' limit 1))`,
  async run(environment, accountId) {
    if (await removeImage(environment, accountId)) return true;
    const [disk] = await inAccount(environment.db, accountId, (tx) =>
      tx
        .update(disks)
        .set({ claimedUntil: sql`now() + make_interval(secs => ${leaseSeconds})` })
        .where(
          eq(
            disks.id,
            sql`(select id from disks where account_id = ${accountId} and ${isDue}
              and coalesce(claimed_until, '-infinity') <= now() order by created_at limit 1 for update skip locked)`,
          ),
        )
        .returning(),
    );
    if (!disk) return false;
    const work = workOn(environment, disk).finally(() => running.delete(disk.id));
    running.set(disk.id, work);
    // What is quick is waited for, so that the next tick sees it done.
    await Promise.race([work, new Promise((resolve) => setTimeout(resolve, 250).unref())]);
    return true;
  },
};

async function workOn(environment: VaultEnvironment, disk: DiskRow): Promise<void> {
  const meter = { done: 0, total: null as number | null };
  const renewing = setInterval(() => void renew(environment, disk, meter).catch(() => {}), renewMs);
  try {
    if (disk.state === 'deleting') return await remove(environment, disk);
    const made =
      disk.state === 'resizing'
        ? await growDisk(disk)
        : await makeDisk({
            environment,
            disk,
            onProgress: (done, total) => Object.assign(meter, { done, total }),
            signal: stop.signal,
          });
    await settle(environment, disk, made);
  } catch (error) {
    if (!stop.signal.aborted) await fail(environment, disk, error);
  } finally {
    clearInterval(renewing);
  }
}

function renew(
  { db }: VaultEnvironment,
  disk: DiskRow,
  meter: { done: number; total: number | null },
): Promise<unknown> {
  const isUpload = disk.createdFrom.kind === 'upload';
  return inAccount(db, disk.accountId, (tx) =>
    tx
      .update(disks)
      .set({
        claimedUntil: sql`now() + make_interval(secs => ${leaseSeconds})`,
        // An upload is complete while both are equal; its figures stay.
        ...(!isUpload && meter.total !== null && { bytesDone: meter.done, bytesTotal: meter.total }),
      })
      .where(eq(disks.id, disk.id)),
  );
}

function settle({ db }: VaultEnvironment, disk: DiskRow, made: MadeDisk): Promise<unknown> {
  return inAccount(db, disk.accountId, async (tx) => {
    await tx
      .update(disks)
      .set({
        ...made,
        state: 'available',
        stateReason: null,
        wantedBytes: null,
        generation: disk.generation + 1,
        bytesDone: 0,
        bytesTotal: null,
        claimedUntil: null,
      })
      .where(and(eq(disks.id, disk.id), eq(disks.state, disk.state)));
    await tx.execute(sql`update servers s set state = 'stopped' where s.id = ${disk.serverId} and s.state = 'creating'
      and not exists (select from disks d where d.server_id = s.id and d.state <> 'available')`);
  });
}

async function fail({ db }: VaultEnvironment, disk: DiskRow, error: unknown): Promise<void> {
  const why = error instanceof CrossvaultError ? error.message : `It failed: ${explain(error)}.`;
  await inAccount(db, disk.accountId, async (tx) => {
    const after =
      disk.state === 'resizing'
        ? ({ state: 'available', wantedBytes: null } as const)
        : ({ state: 'error' } as const);
    await tx
      .update(disks)
      .set({ ...after, stateReason: why, claimedUntil: null })
      .where(eq(disks.id, disk.id));
    if (disk.serverId)
      await tx.execute(sql`update servers set state = 'error', state_reason = ${why}
        where id = ${disk.serverId} and state = 'creating'`);
    await notify(tx, disk.accountId, {
      kind: 'disks.failed',
      severity: 'error',
      title: `Disk ${disk.name} could not be ${disk.state === 'resizing' ? 'resized' : 'made'}`,
      body: why,
      href: `/${disk.region}/disks/${disk.id}`,
    });
  });
}

function explain(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return 'the disk pool is full';
  return code ?? 'see the log of the engine';
}

async function remove({ db }: VaultEnvironment, disk: DiskRow): Promise<void> {
  await removeFiles(diskFile(disk));
  await inAccount(db, disk.accountId, (tx) => tx.delete(disks).where(eq(disks.id, disk.id)));
}

/** Files first, so that nothing is left that no row names. */
async function removeImage({ db }: VaultEnvironment, accountId: string): Promise<boolean> {
  const rows = await inAccount(db, accountId, (tx) =>
    tx
      .select({ image: images, disk: imageDisks })
      .from(images)
      .leftJoin(imageDisks, eq(imageDisks.imageId, images.id))
      .where(and(eq(images.accountId, accountId), eq(images.state, 'deleting'))),
  );
  const first = rows[0]?.image;
  if (!first) return false;
  for (const { image, disk } of rows) {
    if (image.id === first.id && disk) await removeFiles(diskFile({ ...disk, region: image.region }));
  }
  await inAccount(db, accountId, (tx) => tx.delete(images).where(eq(images.id, first.id)));
  return true;
}
