import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The text of a file, or null where there is none. */
export async function readIfThere(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

/**
 * The text of a secret's file, made with `make` when there is none: durable, and readable by its owner alone, before
 * anything relies on it. When several processes start at once, all get the same text.
 */
export async function readOrCreateSecret(
  path: string,
  make: () => string,
): Promise<{ text: string; created: boolean }> {
  const known = await readIfThere(path);
  if (known !== null) return { text: known, created: false };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(fresh, 'wx', 0o600);
  let created = true;
  try {
    await file.writeFile(make());
    await file.sync();
    await link(fresh, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    created = false;
  } finally {
    await file.close();
    await unlink(fresh);
  }
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
  return { text: await readFile(path, 'utf8'), created };
}
