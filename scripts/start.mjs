// `npm start`: from a fresh clone to a running installation. Plain JavaScript without packages until they are installed.
import { unsupportedNode } from './setup/node-version.mjs';

const unsupported = unsupportedNode(process.versions.node);
if (unsupported) {
  console.error(`crossvault: ${unsupported}`);
  process.exit(1);
}

const isDevelopment = process.argv.includes('--dev');
const { fail } = await import('./setup/problem.mjs');

try {
  const { preflight } = await import('./setup/preflight.mjs');
  await preflight();
  const { ensureInstalled } = await import('./setup/install.mjs');
  await ensureInstalled();
  const { ensureBuilt } = await import('./setup/build.mjs');
  await ensureBuilt(isDevelopment ? ['bundles'] : undefined);
  const { root } = await import('./setup/command.mjs');
  const { run } = await import('../dist/supervisor.js');
  await run({ root, isDevelopment, startedAt: 0 });
} catch (error) {
  fail(error);
}
