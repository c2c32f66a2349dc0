import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeAccounts } from '../crossvault/accounts';
import { restore, runClient } from '../crossvault/work';
import type { Dataset } from '../data/dataset';
import { makeRandomFile } from '../data/random-file';
import { makeSmallFiles } from '../data/small-files';
import type { ExtraPlace } from '../harness';
import type { Sizes } from '../options';
import type { Extra } from '../results';
import { compareTrees, measureTree } from '../tree';
import { openSlowLink, type SlowLink } from './slow-link';

const works = ['first backup', 'unchanged backup', 'restore'] as const;

/** The client behind a slow link to the gateway: what the waiting for answers costs. */
export async function runLatency(place: ExtraPlace, { latency }: Sizes): Promise<Extra> {
  const { fileBytes, smallFiles, roundTripsMs } = latency;
  const datasets = [makeRandomFile('one large file', fileBytes), makeSmallFiles('small files', smallFiles)];
  const link = await openSlowLink();
  try {
    const taken = new Map<string, number[]>();
    for (const roundTripMs of roundTripsMs) {
      await link.setRoundTrip(roundTripMs);
      for (const dataset of datasets) {
        const { mib, seconds } = await take(place, link, dataset, roundTripMs);
        for (const [n, work] of works.entries()) {
          const name = `${dataset.name} (${mib.toFixed(0)} MiB): ${work}`;
          taken.set(name, [...(taken.get(name) ?? []), mib / seconds[n]!]);
        }
      }
    }
    const [first, ...others] = roundTripsMs.map((ms) => `${ms} ms`);
    return {
      part: 'latency',
      title: `Throughput in MiB/s by the round trip added between client and gateway (${link.kind})`,
      head: ['', first!, ...others, ...others.map((name) => `${name} : ${first}`)],
      rows: [...taken].map(([name, [fastest, ...slower]]) => [
        name,
        ...[fastest!, ...slower].map((rate) => rate.toFixed(1)),
        ...slower.map((rate) => (rate / fastest!).toFixed(2)),
      ]),
    };
  } finally {
    await link.close();
  }
}

async function take(
  { start, scratch, log }: ExtraPlace,
  link: SlowLink,
  dataset: Dataset,
  roundTripMs: number,
): Promise<{ mib: number; seconds: number[] }> {
  const settings = { CROSSVAULT_HOST: link.address, GATEWAY_URL: `https://${link.address}` };
  const installation = await start({ settings });
  const folder = join(scratch, `${dataset.name.replaceAll(' ', '-')}-${roundTripMs}`);
  await mkdir(folder);
  const source = join(folder, 'source');
  await dataset.create(source, scratch);
  const { source: side } = await makeAccounts(installation, folder);
  const backUp = () => runClient(installation, side, ['backup', source], link.within);
  const measured = [await backUp(), await backUp()];
  const daemon = await installation.startClient(side.configDir, link.within);
  const [point] = await installation.owner.$client`
    select id from backup_points where vault_id = ${side.vaultId} order by committed_at desc limit 1`;
  const targetPath = join(folder, 'restored');
  measured.push(await restore(installation, side, daemon.pid!, { pointId: point!.id, targetPath }));
  const differences = await compareTrees(source, join(targetPath, source));
  if (differences.length > 0) throw new Error(`What came over the link is not the source: ${differences[0]}`);
  const mib = measureTree(source).bytes / 1024 ** 2;
  await daemon.stop();
  await installation.stop();
  await rm(folder, { recursive: true });
  const seconds = measured.map((one) => one.seconds);
  log(`latency, ${roundTripMs} ms, ${dataset.name}: ${seconds.map((one) => one.toFixed(2)).join(', ')} s`);
  return { mib, seconds };
}
