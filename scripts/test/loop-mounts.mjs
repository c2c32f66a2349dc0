import { spawnSync } from 'node:child_process';

const programs = ['mkfs.ext4', 'mkfs.xfs', 'mount', 'umount'];

/** Whether images of file systems can be made and mounted here; else why not. */
export function findLoopMounts() {
  if (process.getuid?.() !== 0) return { found: false, why: 'only root can mount file systems' };
  const missing = programs.filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  return missing.length === 0
    ? { found: true }
    : { found: false, why: `${missing.join(', ')} missing: install e2fsprogs and xfsprogs` };
}
