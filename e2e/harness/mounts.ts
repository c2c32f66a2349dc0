import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A file system of one's own in an image, mounted at a folder. Only root may mount. */
export class ImageMount {
  private constructor(
    readonly path: string,
    private readonly folder: string,
  ) {}

  static async make(): Promise<ImageMount> {
    const folder = mkdtempSync(join(tmpdir(), 'crossvault-mount-'));
    const [image, path] = [join(folder, 'image'), join(folder, 'mounted')];
    writeFileSync(image, '');
    truncateSync(image, 64 * 1024 * 1024);
    mkdirSync(path);
    await run('mkfs.ext4', ['-q', image]);
    await run('mount', ['-o', 'loop', image, path]);
    return new ImageMount(path, folder);
  }

  async dispose(): Promise<void> {
    // The engine may still look at it; it goes with the last who does.
    await run('umount', ['-l', this.path]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
