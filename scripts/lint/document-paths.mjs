import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/command.mjs';

const path = /`((?:app|bench|client|components|db|docs|e2e|lib|patches|public|scripts)\/[\w./+@-]+)`/g;

const test = /([\w./()[\]@+-]+\.(?:test|spec)\.tsx?)/g;

/** A document that names a file which is gone misleads; patterns and placeholders are left alone. */
export function checkDocumentPaths(files) {
  return files
    .filter(({ path: file }) => file.endsWith('.md'))
    .flatMap(({ path: file, read }) =>
      [...read().matchAll(file === 'docs/coverage.md' ? test : path)]
        .filter(([, named]) => !named.includes('NNNN') && !existsSync(join(root, named)))
        .map(([, named]) => `${file} names ${named}, which does not exist`),
    );
}
