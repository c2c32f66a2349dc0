import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from '../setup/build.mjs';
import { root } from '../setup/command.mjs';
import { Problem } from '../setup/problem.mjs';
import { findChromium } from './chromium.mjs';
import { findLoopMounts } from './loop-mounts.mjs';
import { findNfs } from './nfs.mjs';
import { findQemu } from './qemu.mjs';
import { findRadosgw } from './radosgw.mjs';
import { countLint, countPlaywright, countVitest } from './reports.mjs';

const reports = join(root, 'dist/test-reports');
const bin = (path) => join(root, 'node_modules', path);

const suites = {
  lint: () => runLint(),
  types: () => runTypes(),
  unit: () => runVitest('unit'),
  database: () => runVitest('database'),
  s3: () => runS3(),
  qemu: () => runQemu(),
  filesystems: () => runFileSystems(),
  nfs: () => runNfs(),
  driver: () => runVitest('driver'),
  faults: () => runVitest('faults'),
  build: () => runBuild(),
  installation: () => runVitest('installation'),
  browser: () => runPlaywright(),
};

/**
 * Runs the named suites, or all of them, one after the other. A suite that fails does not keep the others from running.
 * Returns for each `{ name, passed, failed, skipped, seconds }` or, where it could not run, `{ name, notRun: why }`, with
 * `isBeyondHelp` where nothing that can be installed would help.
 */
export async function runSuites(names) {
  const unknown = names.filter((name) => !(name in suites));
  if (unknown.length > 0)
    throw new Problem(`No such suite: ${unknown.join(', ')}. There are ${Object.keys(suites).join(', ')}.`);
  mkdirSync(reports, { recursive: true });
  const results = [];
  for (const name of names.length > 0 ? names : Object.keys(suites)) {
    console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 100 - name.length))}`);
    const start = performance.now();
    const outcome = await suites[name]();
    results.push({ name, seconds: (performance.now() - start) / 1000, ...outcome });
  }
  return results;
}

async function runLint() {
  const report = freshReport('lint.json');
  const code = await run([join(root, 'scripts/lint.mjs')], { CROSSVAULT_LINT_REPORT: report });
  return countLint(report, code);
}

async function runTypes() {
  const code = await run([bin('typescript/bin/tsc'), '--noEmit', '-p', root]);
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

async function runVitest(project) {
  const report = freshReport(`${project}.json`);
  const args = [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  const code = await run([bin('vitest/vitest.mjs'), ...args]);
  return countVitest(report, code);
}

async function runS3() {
  const server = findRadosgw();
  return server.found ? runVitest('s3') : { notRun: server.why };
}

async function runQemu() {
  const qemu = findQemu();
  return qemu.found ? runVitest('qemu') : { notRun: qemu.why };
}

async function runFileSystems() {
  const mounts = findLoopMounts();
  return mounts.found ? runVitest('filesystems') : { notRun: mounts.why };
}

async function runNfs() {
  const nfs = findNfs();
  return nfs.found ? runVitest('nfs') : { notRun: nfs.why, isBeyondHelp: nfs.isBeyondHelp };
}

async function runBuild() {
  try {
    await ensureBuilt();
    return { passed: 1, failed: 0, skipped: 0 };
  } catch (error) {
    console.error(error.message);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

async function runPlaywright() {
  const chromium = findChromium();
  if (!chromium.path) return { notRun: chromium.why };
  const report = freshReport('browser.json');
  const code = await run(
    [bin('@playwright/test/cli.js'), 'test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json'],
    { CROSSVAULT_CHROMIUM: chromium.path, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  );
  return countPlaywright(report, code);
}

/** Where a report will be; what an earlier run left is removed, so that it cannot be taken for this one's. */
function freshReport(name) {
  const file = join(reports, name);
  rmSync(file, { force: true });
  return file;
}

function run(args, env = {}) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (code) => resolve(code ?? 1));
  });
}
