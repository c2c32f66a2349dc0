import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vaultFolder } from '@/lib/engine/vaults/region-storage';
import { makeAccounts, region } from '../crossvault/accounts';
import { waitFor } from '../crossvault/wait-for';
import { replicate, runClient } from '../crossvault/work';
import type { ExtraPlace } from '../harness';
import { timed } from '../measure';
import type { Sizes } from '../options';
import type { Extra } from '../results';
import { measureTree } from '../tree';
import { mebibytes } from '../units';

/**
 * Points of a folder half of whose files change from one to the next; the older half of the points expires. What the
 * vault then holds is compared with what it needs: a replica, which gets the remaining points only.
 */
export async function runSpace({ start, scratch, log }: ExtraPlace, { space }: Sizes): Promise<Extra> {
  const installation = await start();
  const { source, target } = await makeAccounts(installation, scratch);
  const { owner, dataFolder } = installation;
  const folder = join(scratch, 'source');
  await mkdir(folder);
  for (let point = 0; point < space.points; point++) {
    for (let n = 0; n < space.files; n++) {
      if (point === 0 || n % 2 === point % 2)
        await writeFile(join(folder, `file-${n}.bin`), randomBytes(space.fileBytes));
    }
    await runClient(installation, source, ['backup', folder]);
  }
  const vault = vaultFolder(dataFolder, region, source.vaultId);
  const before = measureTree(vault).bytes;
  const expired = Math.floor(space.points / 2);
  const { seconds } = await timed(dataFolder, async () => {
    await owner.$client`
      update backup_points set expires_at = now() - interval '1 minute' where id in (
        select id from backup_points where vault_id = ${source.vaultId} order by committed_at limit ${expired})`;
    await owner.$client`select wake_ticker(${source.ctx.accountId})`;
    await waitFor(async () => {
      const [row] = await owner.$client`
        select (select count(*)::int from backup_points where vault_id = ${source.vaultId}) as points,
          exists (select 1 from collections where vault_id = ${source.vaultId} and step = 'done') as done`;
      return row!.points === space.points - expired && row!.done;
    });
  });
  const held = measureTree(vault).bytes;
  await replicate(installation, source, target);
  const live = measureTree(vaultFolder(dataFolder, region, target.vaultId)).bytes;
  log(
    `space: ${mebibytes(before)} MiB, then ${mebibytes(held)} MiB held of which ${mebibytes(live)} MiB live`,
  );
  return {
    part: 'space',
    title: `Space after expiry: ${space.points} points, half of the files new in each; the older ${expired} expire`,
    head: ['', 'figure'],
    rows: [
      ['held before, MiB', mebibytes(before)],
      ['held after collection and compaction, MiB', mebibytes(held)],
      ['live, MiB (a replica of what remains)', mebibytes(live)],
      ['held for each live byte', (held / live).toFixed(3)],
      ['seconds from expiry until the space was free', seconds.toFixed(2)],
    ],
  };
}
