import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/command.mjs';
import { fail, Problem } from '../setup/problem.mjs';

/** Runs `dist/<name>.js` with the arguments of this process; a Problem is told in one line. */
export async function runBundled(name) {
  try {
    const program = join(root, 'dist', `${name}.js`);
    if (!existsSync(program))
      throw new Problem('Crossvault is not built yet: start it with npm start, or run npm run build.');
    const { run } = await import(program);
    await run(process.argv.slice(2));
  } catch (error) {
    fail(error);
  }
}
