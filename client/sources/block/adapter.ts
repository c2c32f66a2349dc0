import { access, stat } from 'node:fs/promises';
import type { SourceAdapter } from '../adapter';
import { backUpDisks } from './back-up-disks';
import { readPlace } from './place';
import { restoreDisks } from './restore-disks';

/** A disk of a pool of this machine, or a server with all its disks. */
export const blockAdapter: SourceAdapter = {
  async check({ source }) {
    const { disks, qmp } = readPlace(source.place);
    let bytes = 0;
    for (const { file } of disks) bytes += (await stat(file)).size;
    if (qmp) await access(qmp);
    return {
      isUsable: true,
      message: qmp ? 'The server runs and its disks can be read.' : 'Its disks can be read.',
      facts: [
        { label: 'Disks', value: String(disks.length) },
        { label: 'Size of their files', value: String(bytes) },
      ],
    };
  },

  async list({ path }, { source }) {
    if (path !== '/' && path !== '') return { entries: [], nextCursor: null };
    const entries = await Promise.all(
      readPlace(source.place).disks.map(async ({ path: name, file }) => ({
        path: `/${name}`,
        name,
        isFolder: false,
        sizeBytes: (await stat(file)).size,
        modifiedAt: (await stat(file)).mtime.toISOString(),
        detail: null,
      })),
    );
    return { entries, nextCursor: null };
  },

  backup: backUpDisks,
  restore: restoreDisks,
};
