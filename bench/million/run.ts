import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findRestic, restic } from '../contenders/restic';
import { makeSide, type Side } from '../crossvault/accounts';
import type { Installation } from '../crossvault/installation';
import { runClient } from '../crossvault/work';
import { type MillionSizes, makeMillionFiles, nameOf, places } from '../data/million-files';
import { requireSpace } from '../disk-space';
import type { ExtraPlace } from '../harness';
import type { Measurement } from '../measure';
import { median } from '../median';
import type { Sizes } from '../options';
import type { Extra } from '../results';
import { TreeBrowser } from './browse';
import { tabulate } from './table';

/** A block and what is known of it, at the source and twice more while it is made. */
const diskBytesAFile = 12 * 1024;

export interface MillionMeasured {
  own: { first: Measurement; unchanged: Measurement[] };
  peer: { first: Measurement; unchanged: Measurement[] } | null;
  /** Seconds of the console's answers, of an engine that has just started. */
  opened: Record<string, number>;
}

/** So many small files that what each of them costs is all that counts, and the point of them in the tree browser. */
export async function runMillion(place: ExtraPlace, { million }: Sizes): Promise<Extra> {
  const { scratch, log } = place;
  await requireSpace(scratch, million.files * diskBytesAFile);
  const source = join(scratch, 'source');
  makeMillionFiles(source, million);
  log(`million: ${million.files} files made`);
  const installation = await place.start();
  const side = await makeSide(installation, join(scratch, 'client'), 'standard');
  const backUp = () => runClient(installation, side, ['backup', source]);
  const peer = (await findRestic()) ? await openRestic(scratch, source) : null;
  const told = async (what: string, work: () => Promise<Measurement>) => {
    const measured = await work();
    log(`million: ${what}: ${measured.seconds.toFixed(2)} s, CPU ${measured.cpuSeconds?.toFixed(2)} s`);
    return measured;
  };
  const measured: MillionMeasured = {
    peer: peer && { first: await told('first backup, restic', peer), unchanged: [] },
    own: { first: await told('first backup', backUp), unchanged: [] },
    opened: {},
  };
  for (let run = 0; run < million.unchangedRuns; run++) {
    if (peer) measured.peer!.unchanged.push(await told('unchanged, restic', peer));
    measured.own.unchanged.push(await told('unchanged', backUp));
  }
  measured.opened = await browse(installation, side, source, million);
  log(`million: opened: ${JSON.stringify(measured.opened)}`);
  return tabulate(million, measured);
}

async function openRestic(scratch: string, source: string): Promise<() => Promise<Measurement>> {
  const folder = join(scratch, 'restic');
  await mkdir(folder);
  const { steps } = await restic.open(folder);
  return () => steps['unchanged backup']!({ source, restoreTo: '' }) as Promise<Measurement>;
}

/** By an engine that has read nothing of the point yet. The widest folder is read to its end at last. */
async function browse(
  installation: Installation,
  { ctx, vaultId }: Side,
  source: string,
  { files, wideFiles }: MillionSizes,
): Promise<Record<string, number>> {
  const [point, before] = await installation.owner.$client`
    select id, file_count, source_bytes, added_bytes from backup_points where vault_id = ${vaultId} order by committed_at desc limit 2`;
  // Folders above the source are in the point with their own times: their pages may be new, and nothing else.
  const isSame = point!.source_bytes === before!.source_bytes && Number(point!.added_bytes) < 64 * 1024;
  if (Number(point!.file_count) !== files || !isSame)
    throw new Error('The unchanged backup is not the tree that was backed up before');
  const seconds: Record<string, number> = {};
  await installation.restartEngine();
  const browser = await TreeBrowser.open(installation, ctx, point!.id);
  for (const [what, path] of Object.entries({ root: '', ...places })) {
    const folder = what === 'root' ? '' : join(source.slice(1), path);
    const { entries } = await browser.list(folder);
    if (entries.length === 0) throw new Error(`The tree browser shows nothing in ${what}`);
    seconds[what] = browser.seconds.pop()!;
  }
  let at = 0;
  for await (const { name } of browser.walk(join(source.slice(1), places.wide)))
    if (name !== nameOf(at++)) throw new Error(`The tree browser shows ${name} as file ${at}`);
  if (at !== wideFiles) throw new Error(`The tree browser shows ${at} files of ${wideFiles}`);
  seconds.slowestPage = Math.max(...browser.seconds);
  seconds.middlePage = median(browser.seconds);
  return seconds;
}
