import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CannotRun } from '../cannot-run';
import { findVersion, runCommand } from '../measure';

/** A network namespace behind a link whose round trip takes as long as one says. */
export interface SlowLink {
  /** This side's address, which the other side reaches over the link. */
  address: string;
  /** What it is made of. */
  kind: string;
  /** Before a command that is to run on the other side. */
  within: string[];
  setRoundTrip(ms: number): Promise<void>;
  close(): Promise<void>;
}

const program = join(import.meta.dirname, 'delay-line.py');
const addresses = { own: '10.213.77.1', other: '10.213.77.2' };

/** @throws CannotRun where there is no right or no tool to make one. */
export async function openSlowLink(): Promise<SlowLink> {
  if (process.getuid?.() !== 0) throw new CannotRun('only root makes network namespaces');
  if (!(await findVersion(['ip', '-V']))) throw new CannotRun('iproute2 is not installed');
  const namespace = `crossvault-bench-${process.pid}`;
  await runCommand(['ip', 'netns', 'add', namespace]).catch((error) => {
    throw new CannotRun(`no network namespace can be made: ${error.message}`);
  });
  const inside = ['ip', 'netns', 'exec', namespace];
  const remove = () => runCommand(['ip', 'netns', 'delete', namespace]).catch(() => {});
  try {
    await runCommand([...inside, 'ip', 'link', 'set', 'lo', 'up']);
    const link = (await openNetem(namespace)) ?? (await openDelayLine(namespace));
    return {
      ...link,
      address: addresses.own,
      within: inside,
      async close() {
        await link.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

type Link = Pick<SlowLink, 'kind' | 'setRoundTrip' | 'close'>;

/** @returns null for a kernel without netem. */
async function openNetem(namespace: string): Promise<Link | null> {
  const own = `cvb${process.pid % 100_000}`;
  const other = `${own}b`;
  const ip = (...words: string[]) => runCommand(['ip', ...words]);
  const delay = async (ms: number) => {
    const netem = ['root', 'netem', 'limit', '100000', 'delay', `${ms / 2}ms`];
    await runCommand(['tc', 'qdisc', 'replace', 'dev', own, ...netem]);
    await runCommand(['tc', '-n', namespace, 'qdisc', 'replace', 'dev', other, ...netem]);
  };
  await ip('link', 'add', own, 'type', 'veth', 'peer', 'name', other, 'netns', namespace);
  try {
    await delay(0);
  } catch {
    await ip('link', 'delete', own);
    return null;
  }
  await ip('address', 'add', addresses.own, 'peer', addresses.other, 'dev', own);
  await ip('link', 'set', own, 'up');
  await ip('-n', namespace, 'address', 'add', addresses.other, 'peer', addresses.own, 'dev', other);
  await ip('-n', namespace, 'link', 'set', other, 'up');
  const close = () => ip('link', 'delete', own).then(() => {});
  return { kind: 'tc netem on a pair of virtual devices', setRoundTrip: delay, close };
}

async function openDelayLine(namespace: string): Promise<Link> {
  if (!(await findVersion(['python3', '--version'])))
    throw new CannotRun('the kernel has no netem, and python3 is not installed');
  const child = spawn('python3', [program, namespace, addresses.own, addresses.other], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const said = { err: '' };
  child.stderr.on('data', (data) => (said.err += data));
  await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
  if (child.exitCode !== null) throw new CannotRun(`no delayed link: ${said.err.trim().split('\n').at(-1)}`);
  return {
    kind: 'TUN devices joined by a program that holds each packet back, for the kernel has no netem',
    setRoundTrip: async (ms) => void child.stdin.write(`${ms / 2}\n`),
    close: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, 'close');
  child.stdin?.end();
  await gone;
}
