import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, link, lutimes, mkdir, open, symlink, utimes, writeFile } from 'node:fs/promises';
import { type PosixCalls, posixCalls } from '@/lib/engine/core/posix/calls';
import { joinPath } from '@/lib/engine/core/walk';
import { accessList } from './access-list';

const at = (folder: string, ...names: (string | Buffer)[]) =>
  names.reduce<Buffer>((path, name) => joinPath(path, Buffer.from(name as Buffer)), Buffer.from(folder));

/** A folder with what backups tend to get wrong. */
export async function createHardTree(folder: string): Promise<void> {
  const make = async (...names: (string | Buffer)[]) => mkdir(at(folder, ...names), { recursive: true });
  const write = async (bytes: Buffer | string, ...names: (string | Buffer)[]) =>
    writeFile(at(folder, ...names), bytes);
  await make('docs', 'a b', 'ünïcödé – 日本語');
  await write('hello', 'docs', 'plain.txt');
  await write('', 'docs', 'empty file');
  await write('spaces', 'docs', 'a b', ' leading and trailing ');
  await write('newline', 'docs', 'line\nbreak\ttab');
  await write('emoji', 'docs', 'a b', 'ünïcödé – 日本語', '😀.txt');
  await write('quotes', 'docs', `"quoted" 'and' \\backslash $HOME;*?`);
  await write('broken utf-8', 'docs', Buffer.from([0x66, 0xff, 0xfe, 0x80, 0x67]));
  await write('255', 'docs', Buffer.alloc(255, 'x'));
  await write('dashes', 'docs', '-rf');
  await write('sorts before its sibling folder', 'docs!');
  await make('empty', 'deeper', 'deepest');
  await make('many');
  for (let i = 0; i < 300; i++) await write(`file ${i}\n`.repeat(i), 'many', `f${i}.txt`);

  await make('large');
  await write(randomBytes(14 * 1024 * 1024), 'large', 'random.bin');
  const sparse = await open(at(folder, 'large', 'sparse.bin'), 'w');
  await sparse.truncate(9 * 1024 * 1024);
  await sparse.write(randomBytes(5000), 0, 5000, 6_000_000);
  await sparse.close();

  await make('links');
  await symlink('../docs/plain.txt', at(folder, 'links', 'to file'));
  await symlink('../docs', at(folder, 'links', 'to folder'));
  await symlink(Buffer.from([0x6e, 0x6f, 0xff]), at(folder, 'links', 'dangling'));
  await symlink('loop', at(folder, 'links', 'loop'));
  await lutimes(at(folder, 'links', 'dangling'), 1_234_567_890.125, 1_234_567_890.125);
  await write('three names', 'links', 'hard 1');
  await link(at(folder, 'links', 'hard 1'), at(folder, 'links', 'hard 2'));
  await link(at(folder, 'links', 'hard 1'), at(folder, 'docs', 'hard 3'));

  await make('modes');
  for (const mode of [0o000, 0o400, 0o600, 0o644, 0o755, 0o777, 0o4755, 0o2711, 0o1644]) {
    await write(`mode ${mode}`, 'modes', mode.toString(8));
    await chmod(at(folder, 'modes', mode.toString(8)), mode);
  }
  await utimes(at(folder, 'docs', 'plain.txt'), 1_600_000_000.123456, 1_600_000_000.123456);
  await utimes(at(folder, 'docs', 'empty file'), -86_400, -86_400.5);
  await utimes(at(folder, 'docs', '-rf'), 4_102_444_800, 4_102_444_800);
  await chmod(at(folder, 'empty', 'deeper'), 0o500);
  await utimes(at(folder, 'empty', 'deeper', 'deepest'), 1_500_000_000, 1_500_000_000);
  await utimes(at(folder, 'empty', 'deeper'), 1_400_000_000, 1_400_000_000);
  await chmod(at(folder, 'docs'), 0o2750);
  if (posixCalls) await addAttributes(folder, posixCalls);
  await utimes(at(folder, 'docs'), 1_300_000_000.5, 1_300_000_000.5);
}

/** Attributes, access lists, pipes and nanoseconds. */
async function addAttributes(folder: string, posix: PosixCalls): Promise<void> {
  const set = (value: Buffer, name: string, ...names: string[]) =>
    posix.setXattr(at(folder, ...names), { name: Buffer.from(name), value });
  await mkdir(at(folder, 'attributes', 'shared'), { recursive: true });
  for (const name of ['noted', 'listed', 'capable'])
    await writeFile(at(folder, 'attributes', name), `${name}\n`);
  await chmod(at(folder, 'attributes', 'listed'), 0o640);
  set(randomBytes(900), 'user.noise', 'attributes', 'noted');
  set(Buffer.alloc(0), 'user.empty', 'attributes', 'noted');
  set(Buffer.from('blue'), 'user.colour', 'attributes', 'shared');
  set(accessList({ user: 1234, permissions: 6 }), 'system.posix_acl_access', 'attributes', 'listed');
  set(accessList({ user: 1234, permissions: 7 }), 'system.posix_acl_default', 'attributes', 'shared');
  posix.makeNode(at(folder, 'attributes', 'pipe'), constants.S_IFIFO | 0o620, { major: 0, minor: 0 });
  await symlink('noted', at(folder, 'attributes', 'link'));
  if (process.getuid?.() === 0) {
    set(
      Buffer.from('AQAAAgAEAAAAAAAAAAAAAAAAAAA=', 'base64'),
      'security.capability',
      'attributes',
      'capable',
    );
    set(Buffer.from('kept too'), 'trusted.note', 'attributes', 'link');
  }
  posix.setTimes(at(folder, 'attributes', 'noted'), 1_700_000_000_123_456_789n);
  posix.setTimes(at(folder, 'attributes', 'link'), -1n);
  posix.setTimes(at(folder, 'attributes', 'shared'), 1_600_000_000_000_000_001n);
}
