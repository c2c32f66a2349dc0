import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

const programs = [
  'qemu-system-x86_64',
  'qemu-img',
  'mcopy',
  'syslinux',
  'mkfs.vfat',
  'mkfs.ext4',
  'cpio',
  'debugfs',
];
const files = ['/bin/busybox', '/usr/lib/syslinux/mbr/mbr.bin'];

/** Whether a machine can be run and a disk that boots be made here; else what is missing. */
export function findQemu() {
  const path = `${process.env.PATH}:/usr/sbin:/sbin`;
  const missing = programs.filter(
    (program) => spawnSync('sh', ['-c', `command -v ${program}`], { env: { PATH: path } }).status !== 0,
  );
  missing.push(...files.filter((file) => !existsSync(file)));
  const hasKernel = existsSync('/boot') && readdirSync('/boot').some((name) => name.startsWith('vmlinuz-'));
  if (!hasKernel) missing.push('a kernel in /boot');
  return missing.length === 0
    ? { found: true }
    : {
        found: false,
        why: `${missing.join(', ')} missing: install qemu-system-x86, qemu-utils, busybox-static, mtools, syslinux, syslinux-common, dosfstools, e2fsprogs, cpio and linux-image-cloud-amd64`,
      };
}
