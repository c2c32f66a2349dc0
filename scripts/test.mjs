// `npm test`: every suite in turn, each with its own report, and one honest line at the end.
// `npm test -- unit database` runs only those; `npm run verify` runs what needs no build.
import { unsupportedNode } from './setup/node-version.mjs';

const unsupported = unsupportedNode(process.versions.node);
if (unsupported) {
  console.error(`crossvault: ${unsupported}`);
  process.exit(1);
}
const { ensureInstalled } = await import('./setup/install.mjs');
const { fail } = await import('./setup/problem.mjs');
await ensureInstalled().catch(fail);

const { runSuites } = await import('./test/suites.mjs');
const { printSummary } = await import('./test/summary.mjs');
const results = await runSuites(process.argv.slice(2)).catch(fail);
process.exit(printSummary(results) ? 0 : 1);
