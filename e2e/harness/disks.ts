import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from '@playwright/test';
import { makeDisk } from '@/db/factories';
import { dataSources } from '@/db/schema';
import type { Backup } from '@/lib/backups/schemas';
import { ensureRegionClient } from '@/lib/clients';
import { newId } from '@/lib/context';
import type { Job } from '@/lib/jobs/schemas';
import type { Api } from './api';
import { asDatabaseOwner } from './database';
import { installation } from './installation';

export interface SpecDisk {
  diskId: string;
  sourceId: string;
}

/** A disk of an account with these bytes in its region's pool, for specs that are about its backups. */
export async function makeDiskOf(
  accountId: string,
  { name, region, bytes }: { name: string; region: string; bytes: Buffer },
): Promise<SpecDisk> {
  const made = await asDatabaseOwner((db) =>
    db.transaction(async (tx) => {
      const disk = await makeDisk(tx as never, {
        accountId,
        name,
        region,
        sizeBytes: bytes.length,
        allocatedBytes: bytes.length,
      });
      const client = await ensureRegionClient(tx, accountId, region);
      const sourceId = newId('ds');
      await tx.insert(dataSources).values({
        accountId,
        id: sourceId,
        kind: 'disk',
        clientId: client.id,
        item: disk.id,
        name,
        config: { kind: 'disk', diskId: disk.id },
        createdBy: 'spec',
      });
      return { diskId: disk.id, sourceId };
    }),
  );
  const file = join(installation().dataDir, 'disks', region, accountId, made.diskId);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
  return made;
}

/** Backs a disk up into a vault, and waits for the backup. */
export async function backUpDisk(api: Api, { sourceId }: SpecDisk, vaultId: string): Promise<Backup> {
  const { id } = await api.post<Job>('/jobs/backup', {
    sourceId,
    vaultId,
    paths: ['/'],
    retentionDays: 30,
  });
  const job = () => api.get<Job>(`/jobs/${id}`);
  await expect.poll(async () => (await job()).status, { timeout: 60_000 }).toBe('complete');
  const { pointId } = await job();
  return api.get<Backup>(`/backups/${pointId}`);
}
