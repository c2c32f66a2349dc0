// `npm run export-key -- <key id> <file>`: a copy of an account's KMS key, for the day the database is lost.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup/command.mjs';
import { fail, Problem } from './setup/problem.mjs';

try {
  if (!existsSync(join(root, 'dist/export-key.js')))
    throw new Problem('Crossvault is not built yet: start it with npm start, or run npm run build.');
  const { run } = await import('../dist/export-key.js');
  await run(process.argv.slice(2));
} catch (error) {
  fail(error);
}
