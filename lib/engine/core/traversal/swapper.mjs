// Swaps folders for links to another one, and back, as fast as it can: `node swapper.mjs <link target> <folder>…`.
// Says how often on every tick of the clock, until it is killed.
import { renameSync, rmSync, symlinkSync } from 'node:fs';

const [target, ...folders] = process.argv.slice(2);
let swaps = 0;
for (;;) {
  const until = performance.now() + 20;
  while (performance.now() < until) {
    for (const folder of folders) {
      try {
        renameSync(folder, `${folder}.real`);
        symlinkSync(target, folder);
        rmSync(folder);
        renameSync(`${folder}.real`, folder);
        swaps++;
      } catch {
        // The restore has made a folder in the gap: the next round finds another state.
        rmSync(`${folder}.link`, { force: true, recursive: true });
        try {
          renameSync(folder, `${folder}.link`);
        } catch {}
        try {
          renameSync(`${folder}.real`, folder);
        } catch {}
      }
    }
  }
  process.stdout.write(`${swaps}\n`);
}
