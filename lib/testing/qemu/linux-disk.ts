import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
const run = (program: string, args: string[], cwd?: string) =>
  execute(program, args, { env, cwd, maxBuffer: 2 ** 26 });

const mib = 2 ** 20;
const bootMib = 48;
const dataMib = 32;
/** Of the partition that the guest writes to. */
export const dataOffset = (1 + bootMib) * mib;

/**
 * What the guest does: on its first boot it writes a mark to its own disk, on every later one it reads the mark back; it says
 * either on the serial console and then writes on without end.
 */
const init = `#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t devtmpfs dev /dev
for module in $(/bin/busybox cat /modules); do /bin/busybox insmod /lib/$module; done
/bin/busybox mount -t ext4 /dev/vda2 /data || echo "NO DATA" > /dev/ttyS0
if [ -f /data/mark ]; then echo "FOUND $(/bin/busybox cat /data/mark)" > /dev/ttyS0
else /bin/busybox cat /proc/sys/kernel/random/uuid > /data/mark; /bin/busybox sync
  echo "WROTE $(/bin/busybox cat /data/mark)" > /dev/ttyS0; fi
n=0
while true; do n=$((n+1)); echo $n >> /data/ticks; /bin/busybox sync; /bin/busybox usleep 100000; done
`;

/** A disk of 81 MiB that boots by itself: a boot loader, a kernel and a busybox of this machine's packages, and a file system. */
export async function makeLinuxDisk(path: string, work: string): Promise<void> {
  await mkdir(work, { recursive: true });
  const kernel = await findKernel();
  await makeInitrd(work, kernel.version);
  const [boot, data] = [join(work, 'boot.img'), join(work, 'data.img')];
  await makeEmpty(boot, bootMib * mib);
  await run('mkfs.vfat', ['-F', '32', '-n', 'BOOT', boot]);
  await writeFile(
    join(work, 'syslinux.cfg'),
    'DEFAULT linux\nPROMPT 0\nTIMEOUT 1\nLABEL linux\n KERNEL /vmlinuz\n APPEND initrd=/initrd console=tty0 console=ttyS0 quiet panic=-1\n',
  );
  await run('mcopy', ['-i', boot, kernel.path, '::/vmlinuz']);
  await run('mcopy', ['-i', boot, join(work, 'initrd'), '::/initrd']);
  await run('mcopy', ['-i', boot, join(work, 'syslinux.cfg'), '::/syslinux.cfg']);
  await run('syslinux', ['--install', boot]);
  await makeEmpty(data, dataMib * mib);
  await run('mkfs.ext4', ['-q', '-F', data]);
  const disk = await open(path, 'w');
  await disk.truncate((1 + bootMib + dataMib) * mib);
  await disk.write(await makeBootSector(), 0, 512, 0);
  await copyInto(disk, boot, mib);
  await copyInto(disk, data, dataOffset);
  await disk.close();
  await rm(work, { recursive: true });
}

async function findKernel(): Promise<{ path: string; version: string }> {
  const names = (await readdir('/boot')).filter((name) => name.startsWith('vmlinuz-')).sort();
  const name = names.at(-1);
  if (!name) throw new Error('There is no kernel in /boot');
  return { path: join('/boot', name), version: name.slice('vmlinuz-'.length) };
}

async function makeInitrd(work: string, version: string): Promise<void> {
  const root = join(work, 'root');
  for (const folder of ['bin', 'lib', 'proc', 'sys', 'dev', 'data'])
    await mkdir(join(root, folder), { recursive: true });
  await copyFile('/bin/busybox', join(root, 'bin/busybox'));
  await symlink('busybox', join(root, 'bin/sh'));
  const names: string[] = [];
  for (const module of ['virtio_pci', 'virtio_blk', 'ext4']) {
    for (const file of await modulesOf(module, version)) {
      if (names.includes(basename(file))) continue;
      names.push(basename(file));
      await copyFile(file, join(root, 'lib', basename(file)));
    }
  }
  await writeFile(join(root, 'modules'), names.join('\n'));
  await writeFile(join(root, 'init'), init);
  await chmod(join(root, 'init'), 0o755);
  const pack = `find . | cpio -o -H newc --quiet | gzip -1 > ${join(work, 'initrd')}`;
  await run('sh', ['-c', pack], root);
}

/** In the order to load them; none for what is built into the kernel. */
async function modulesOf(name: string, version: string): Promise<string[]> {
  const { stdout } = await run('modprobe', ['--show-depends', '-S', version, name]);
  return [...stdout.matchAll(/^insmod (\S+)/gm)].map(([, file]) => file!);
}

async function makeEmpty(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'w');
  await file.truncate(bytes);
  await file.close();
}

async function makeBootSector(): Promise<Buffer> {
  const sector = Buffer.alloc(512);
  (await readFile('/usr/lib/syslinux/mbr/mbr.bin')).copy(sector, 0, 0, 440);
  const partition = (number: number, type: number, isActive: boolean, startMib: number, sizeMib: number) => {
    const at = 446 + number * 16;
    sector[at] = isActive ? 0x80 : 0;
    sector.fill(0xff, at + 1, at + 4);
    sector[at + 4] = type;
    sector.fill(0xff, at + 5, at + 8);
    sector.writeUInt32LE((startMib * mib) / 512, at + 8);
    sector.writeUInt32LE((sizeMib * mib) / 512, at + 12);
  };
  partition(0, 0x0c, true, 1, bootMib);
  partition(1, 0x83, false, 1 + bootMib, dataMib);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

async function copyInto(disk: Awaited<ReturnType<typeof open>>, path: string, offset: number): Promise<void> {
  const bytes = await readFile(path);
  const grain = 64 * 1024;
  const zeros = Buffer.alloc(grain);
  for (let at = 0; at < bytes.length; at += grain) {
    const part = bytes.subarray(at, at + grain);
    if (!part.equals(zeros.subarray(0, part.length))) await disk.write(part, 0, part.length, offset + at);
  }
}
