import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { timed } from '../measure';
import { type HanaSide, move } from './hana-side';

interface Given {
  pipes: number;
  volumeBytes: number;
  run: number;
}

/** Bytes a second of all pipes together, until the result is safe on the disk. */
export interface Rates {
  cat: number;
  backup: number;
  restore: number;
}

/** The same random bytes through the same number of pipes: to files by `cat`, into a vault and back by the agent. */
export async function measurePipes(hana: HanaSide, { pipes, volumeBytes, run }: Given): Promise<Rates> {
  const names = Array.from({ length: pipes }, (_, i) => `run${run}_databackup_${i}_1`);
  const volumes = await Promise.all(names.map((name) => hana.makeVolume(`${name}.volume`, volumeBytes)));
  const paths = await Promise.all(names.map((name) => hana.makePipe(name)));
  const copies = names.map((name) => join(hana.folder, `${name}.copy`));
  const rateOf = async (work: () => Promise<unknown>) => {
    const { seconds } = await timed(hana.folder, work);
    return (pipes * volumeBytes) / seconds;
  };
  const feed = () => Promise.all(volumes.map((volume, i) => move(volume, paths[i]!)));
  const drain = (targets: string[]) => Promise.all(paths.map((path, i) => move(path, targets[i]!)));

  const cat = await rateOf(() => Promise.all([feed(), drain(copies)]));
  await Promise.all(copies.map((copy) => rm(copy)));
  let saved: string[] = [];
  const backup = await rateOf(async () => {
    const lines = paths.map((path) => `#PIPE ${path}`);
    const more = ['-s', String(1000 + run), '-c', String(pipes), '-l', 'COMPLETE'];
    [saved] = await Promise.all([hana.call('backup', lines, more), feed()]);
  });
  const wanted = saved.map((line) => /^#SAVED ("[^"]+") (\S+)/.exec(line)?.slice(1, 3).join(' '));
  if (wanted.some((one) => !one)) throw new Error(`The agent answered ${saved.join('; ')}`);
  const restore = await rateOf(() =>
    Promise.all([
      hana.call(
        'restore',
        wanted.map((one) => `#EBID ${one}`),
      ),
      drain(copies),
    ]),
  );
  await Promise.all([...volumes, ...paths, ...copies].map((path) => rm(path)));
  return { cat, backup, restore };
}
