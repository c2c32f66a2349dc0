import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';

const run = promisify(execFile);
const afterSuite: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of afterSuite.splice(0).reverse()) await end();
});

export type LoopType = 'ext4' | 'xfs';
/** XFS refuses to be smaller. The images are sparse. */
const sizes = { ext4: 256, xfs: 320 };

/** A file system in an image, mounted at a folder of its own, which goes away with the suite. */
export class LoopMount {
  private constructor(
    readonly path: string,
    private readonly image: string,
  ) {}

  static async make(type: LoopType, megabytes = sizes[type]): Promise<LoopMount> {
    const folder = await mkdtemp(join(tmpdir(), `crossvault-${type}-`));
    const image = join(folder, 'image');
    await writeFile(image, '');
    await truncate(image, megabytes * 1024 * 1024);
    await run(`mkfs.${type}`, ['-q', image]);
    const mount = new LoopMount(join(folder, 'mounted'), image);
    await mkdir(mount.path);
    await mount.mount();
    afterSuite.push(async () => {
      await mount.unmount().catch(() => {});
      await rm(folder, { recursive: true, force: true });
    });
    return mount;
  }

  async mount(): Promise<void> {
    await run('mount', ['-o', 'loop', this.image, this.path]);
  }

  async unmount(): Promise<void> {
    await run('umount', [this.path]);
  }

  /** Also while somebody has files of it open. */
  async unmountLazily(): Promise<void> {
    await run('umount', ['-l', this.path]);
  }

  /** Mounts another file system where this one is mounted. */
  async cover(other: LoopMount): Promise<void> {
    await run('mount', ['--bind', other.path, this.path]);
  }
}
