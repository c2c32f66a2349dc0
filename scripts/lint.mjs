// `npm run lint`: Biome, and what Biome cannot see. Each check names its findings; any finding fails.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkClientFiles } from './lint/client-files.mjs';
import { checkDependencies } from './lint/dependencies.mjs';
import { checkDocumentPaths } from './lint/document-paths.mjs';
import { checkFileSizes } from './lint/file-sizes.mjs';
import { sourceFiles } from './lint/source-files.mjs';
import { root } from './setup/command.mjs';

const files = sourceFiles();
const checks = {
  'formatting, lint and import arrows (Biome)': runBiome,
  'file sizes': () => checkFileSizes(files),
  '"use client" files keep to schemas, queries and rules': () => checkClientFiles(files),
  'dependencies: safe versions, complete lockfile': () => checkDependencies(root),
  'paths that documents name exist': () => checkDocumentPaths(files),
};

const counts = { passed: 0, failed: 0 };
for (const [name, check] of Object.entries(checks)) {
  const findings = check();
  counts[findings.length === 0 ? 'passed' : 'failed']++;
  console.log(`${findings.length === 0 ? '✓' : '✗'} ${name}`);
  for (const finding of findings) console.log(`    ${finding}`);
}

const report = process.env.CROSSVAULT_LINT_REPORT;
if (report) writeFileSync(report, JSON.stringify(counts));
process.exit(counts.failed > 0 ? 1 : 0);

function runBiome() {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [biome, 'ci', '--colors=off', '--max-diagnostics=100', '--error-on-warnings'],
    { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  return status === 0 ? [] : `${stdout}${stderr}`.trim().split('\n');
}
