import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, stop } from 'esbuild';
import { root } from './command.mjs';

/** Programs of one file each in `dist`. Byte work runs in `core-worker.js`, which lies beside whoever uses it. */
const programs = {
  engine: 'lib/engine/main.ts',
  'core-worker': 'lib/engine/core/work/worker.ts',
  crossvault: 'client/main.ts',
  hdbbackint: 'client/backint/main.ts',
  mover: 'client/mover.ts',
  supervisor: 'scripts/supervisor/main.ts',
  demo: 'scripts/demo/seed.ts',
  'export-key': 'scripts/export-key/main.ts',
  'rotate-service-key': 'scripts/rotate-service-key/main.ts',
  'rebuild-index': 'scripts/rebuild-index/main.ts',
  accounts: 'scripts/accounts/main.ts',
  'file-systems': 'scripts/file-systems/main.ts',
  'confirm-clock': 'scripts/confirm-clock/main.ts',
  'capacity-plan': 'scripts/capacity-plan/main.ts',
};

/** What runs on other hosts must not need our node_modules. */
const standalone = new Set(['crossvault', 'hdbbackint', 'core-worker']);

export async function bundle() {
  for (const [name, source] of Object.entries(programs)) {
    if (!existsSync(join(root, source))) continue;
    const outfile = join(root, 'dist', `${name}.js`);
    await build({
      entryPoints: [join(root, source)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20.19',
      packages: standalone.has(name) ? 'bundle' : 'external',
      banner: { js: bannerOf(name) },
      loader: { '.wasm': 'binary' },
      sourcemap: 'linked',
      sourcesContent: false,
      legalComments: 'linked',
      logLevel: 'error',
    });
    if (name === 'crossvault') chmodSync(outfile, 0o755);
  }
  await stop();
  copyNative();
}

/** System calls that Node lacks, for hosts without our node_modules: `lib/engine/core/posix/load-native.ts` finds them. */
function copyNative() {
  const from = join(root, 'node_modules/@koromix');
  if (!existsSync(from)) return;
  mkdirSync(join(root, 'dist/native'), { recursive: true });
  for (const name of readdirSync(from)) {
    for (const platform of readdirSync(join(from, name), { withFileTypes: true })) {
      if (!platform.isDirectory()) continue;
      cpSync(
        join(from, name, platform.name, 'koffi.node'),
        join(root, 'dist/native', `${platform.name}.node`),
      );
    }
  }
}

function bannerOf(name) {
  const hashBang = name === 'crossvault' ? '#!/usr/bin/env node\n' : '';
  return hashBang + (standalone.has(name) ? requireBanner : '');
}

/** CommonJS inside a standalone bundle asks for Node's own modules by `require`. */
const requireBanner =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

if (process.argv[1] === import.meta.filename) await bundle();
