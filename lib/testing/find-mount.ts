import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { inspectMount, type Mount } from '@/lib/engine/core/posix/mounts';
import { CrossvaultError } from '@/lib/errors';

/** The mounted file system that a folder of this machine lies on, to stand for one that an operator mounts for an account. */
export async function findMount(path: string): Promise<Mount> {
  for (let at = await realpath(path); ; at = dirname(at)) {
    try {
      return await inspectMount(at);
    } catch (error) {
      const isBelow = error instanceof CrossvaultError && error.reason === 'not_mounted';
      if (!isBelow || at === '/') throw error;
    }
  }
}
