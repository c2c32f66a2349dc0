import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatVersion } from '../format-version';
import { FolderStore } from '../store/folder-store';
import { makeGoldenVault, readContents } from './golden-vault';

// `node --import tsx lib/engine/core/golden/make.ts`, once for each version of the format: what it makes is kept for ever.
const folder = join(import.meta.dirname, `v${formatVersion}`);
const store = new FolderStore(join(folder, 'vault'));
await makeGoldenVault(store);
await writeFile(join(folder, 'contents.json'), `${JSON.stringify(await readContents(store), null, 1)}\n`);
