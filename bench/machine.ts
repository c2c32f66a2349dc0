import { cpus, release, totalmem } from 'node:os';
import { findRestic } from './contenders/restic';
import { runCommand } from './measure';

/** What figures of two runs have to agree in before they may be compared. */
export async function describeMachine() {
  const git = async (...args: string[]) =>
    (await runCommand(['git', ...args]).catch(() => ({ stdout: '' }))).stdout.trim();
  const commit = await git('rev-parse', '--short', 'HEAD');
  const isChanged = (await git('status', '--porcelain', '--', 'lib', 'client', 'db', 'bench')) !== '';
  return {
    at: new Date().toISOString(),
    node: process.version,
    kernel: release(),
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    commit: commit === '' ? 'unknown' : isChanged ? `${commit} with changes` : commit,
    restic: (await findRestic())?.version ?? 'not installed',
  };
}

export type Machine = Awaited<ReturnType<typeof describeMachine>>;
