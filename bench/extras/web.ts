import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeAccounts, region, signInOf, vaultName } from '../crossvault/accounts';
import { replicate, runClient } from '../crossvault/work';
import type { ExtraPlace } from '../harness';
import type { Sizes } from '../options';
import type { Extra } from '../results';
import { type SignedIn, signInTo } from './web-session';

/** As it may be while the engine replicates, by the same figure while it does not. */
const mustRatio = 2;
/** What a person who clicks through lists leaves between two of them, shortened so that many fit in. */
const pauseMs = 50;

/** How long a list of the console takes while the engine replicates at full speed on the same processors. */
export async function runWeb({ start, scratch, cache, log }: ExtraPlace, { web }: Sizes): Promise<Extra> {
  const installation = await start();
  const { source, target } = await makeAccounts(installation, scratch);
  const small = join(scratch, 'small');
  await mkdir(small);
  for (let n = 0; n < web.points; n++) {
    await writeFile(join(small, 'report.txt'), `report ${n}`);
    await runClient(installation, source, ['backup', small]);
  }
  for (const dataset of web.datasets) {
    const folder = join(scratch, dataset.name);
    await dataset.create(folder, cache);
    await runClient(installation, source, ['backup', folder]);
  }
  const url = await installation.startWeb();
  const session = await signInTo(url, signInOf(source.ctx.accountId));
  const paths = [`/${region}/vaults`, `/${region}/backup-points`];
  const ask = (until: () => boolean) => timeLists(session, paths, until);
  const after = (seconds: number) => {
    const end = performance.now() + seconds * 1000;
    return () => performance.now() > end;
  };
  await ask(after(web.seconds / 3));
  const before = await ask(after(web.seconds));
  let isCopied = false;
  const replicating = replicate(installation, source, target).finally(() => {
    isCopied = true;
  });
  const [busy, { seconds }] = await Promise.all([ask(() => isCopied), replicating]);
  const later = await ask(after(web.seconds));
  const rows = paths.map((path, i) => {
    const idle = [...before[i]!, ...later[i]!];
    const [quiet, loaded] = [percentile(idle, 0.95), percentile(busy[i]!, 0.95)];
    log(`web: ${path}: p95 ${quiet.toFixed(0)} ms, ${loaded.toFixed(0)} ms while it replicates`);
    return [
      path.replace(`/${region}`, ''),
      ...[percentile(idle, 0.5), quiet, percentile(busy[i]!, 0.5), loaded].map((ms) => ms.toFixed(0)),
      ...[(loaded / quiet).toFixed(2), String(mustRatio), `${idle.length} / ${busy[i]!.length}`],
    ];
  });
  return {
    part: 'web',
    title: `Lists of the console, milliseconds, alone and while the engine replicates (${seconds.toFixed(1)} s)`,
    head: ['page', 'median', 'p95', 'median, busy', 'p95, busy', 'busy : alone', 'at most', 'answers'],
    rows,
  };
}

/** Asks for each list in turn until it is enough, and at least five times. @returns milliseconds by path. */
async function timeLists(session: SignedIn, paths: string[], isEnough: () => boolean): Promise<number[][]> {
  const times: number[][] = paths.map(() => []);
  while (!isEnough() || times[0]!.length < 5) {
    for (const [i, path] of paths.entries()) {
      const startedAt = performance.now();
      const page = await session.read(path);
      if (!page.includes(vaultName)) throw new Error(`${path} does not list what is there`);
      times[i]!.push(performance.now() - startedAt);
      await delay(pauseMs);
    }
  }
  return times;
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)]!;
}
