import { lstatSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { release, type as systemName, userInfo } from 'node:os';
import { join, normalize } from 'node:path';
import { CrossvaultError } from '@/lib/errors';
import type { QuestionBody, SourceCheck, SourceListing } from '@/lib/sources/schemas';
import { explainFileError } from '../jobs/job-report';
import { clientVersion } from '../version';
import { pageOf } from './file-system/list-folder';

/** One page of a folder of this host, by name; links are shown and not followed. */
export async function listHostFolder({ path, cursor }: QuestionBody): Promise<SourceListing> {
  const folder = normalize(path);
  const names = await readdir(folder).catch((cause) => {
    throw new CrossvaultError(
      'not_found',
      `${folder} cannot be listed on this host (${explainFileError(cause)}).`,
      { cause },
    );
  });
  return pageOf(names, cursor, (name) => {
    const inside = join(folder, name);
    return { path: inside, stats: lookAt(inside) };
  });
}

/** Not at all where this client may not. */
function lookAt(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** That the client answers is what was asked; what it may read follows from whom it runs as. */
export async function checkHost(): Promise<SourceCheck> {
  const user = userInfo().username;
  const readsAll = process.getuid?.() === 0 || process.platform === 'win32';
  return {
    isUsable: true,
    message: readsAll
      ? 'The client answers and may read every file of its host.'
      : `The client answers. It runs as ${user}: files that ${user} may not read are skipped and reported.`,
    facts: [
      { label: 'Runs as', value: user },
      { label: 'System', value: `${systemName()} ${release()}` },
      { label: 'Client version', value: clientVersion },
    ],
  };
}
