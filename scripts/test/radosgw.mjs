import { spawnSync } from 'node:child_process';

const programs = ['ceph', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin'];

/** Whether the S3 server of the tests is installed; else which programs are missing. */
export function findRadosgw() {
  const missing = programs.filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  return missing.length === 0
    ? { found: true }
    : {
        found: false,
        why: `${missing.join(', ')} missing: install ceph-mon, ceph-osd, radosgw and ceph-common`,
      };
}
