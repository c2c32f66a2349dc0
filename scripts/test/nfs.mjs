import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const programs = ['ganesha.nfsd', 'mount.nfs4', 'mkfs.ext4'];

/** Whether an export can be served and mounted here; else why not, and whether anything that can be installed would help. */
export function findNfs() {
  if (process.getuid?.() !== 0) return { found: false, why: 'only root can mount file systems' };
  const path = `${process.env.PATH}:/usr/sbin:/sbin`;
  const missing = programs.filter(
    (program) => spawnSync('sh', ['-c', `command -v ${program}`], { env: { PATH: path } }).status !== 0,
  );
  if (missing.length > 0)
    return {
      found: false,
      why: `${missing.join(', ')} missing: install nfs-ganesha, nfs-ganesha-vfs, nfs-common and e2fsprogs`,
    };
  if (hasClient() || (spawnSync('modprobe', ['nfsv4'], { env: { PATH: path } }).status === 0 && hasClient()))
    return { found: true };
  return { found: false, why: 'the kernel of this machine has no NFS client', isBeyondHelp: true };
}

const hasClient = () => /\bnfs4$/m.test(readFileSync('/proc/filesystems', 'utf8'));
