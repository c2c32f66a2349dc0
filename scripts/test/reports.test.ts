import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { root } from '../setup/command.mjs';
import { countLint, countPlaywright, countVitest } from './reports.mjs';

const folder = mkdtempSync(join(tmpdir(), 'crossvault-reports-'));
afterAll(() => rmSync(folder, { recursive: true }));

function report(content: unknown): string {
  const file = join(folder, 'report.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const vitest = (testResults: object[], counts = {}) =>
  report({
    numPassedTests: 3,
    numFailedTests: 0,
    numPendingTests: 1,
    numTodoTests: 0,
    ...counts,
    testResults,
  });

test('tests are counted as their suite counts them', () => {
  expect(countVitest(vitest([], { numFailedTests: 2 }), 1)).toMatchObject({
    passed: 3,
    failed: 2,
    skipped: 1,
  });
  const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 2 };
  expect(countPlaywright(report({ stats }), 1)).toMatchObject({ passed: 4, failed: 2, skipped: 2 });
  expect(countLint(report({ passed: 5, failed: 0 }), 0)).toEqual({ passed: 5, failed: 0, skipped: 0 });
});

test('what a browser test misses on this machine is told once', () => {
  const skipped = { annotations: [{ type: 'skip', description: 'no S3 server' }] };
  const spec = { tests: [skipped, { annotations: [] }] };
  const stats = { expected: 1, unexpected: 0, flaky: 0, skipped: 2 };
  const suites = [{ specs: [spec], suites: [{ specs: [spec] }] }];
  expect(countPlaywright(report({ stats, suites }), 0)).toMatchObject({ skippedFor: ['no S3 server'] });
});

test('what failed is told by its name and the first line of why', () => {
  const broken = {
    status: 'failed',
    name: 'b.test.ts',
    message: 'Cannot find x\nat y',
    assertionResults: [],
  };
  const passed = { status: 'passed', fullName: 'sums up', failureMessages: [] };
  const failed = {
    status: 'failed',
    fullName: 'counts',
    failureMessages: ['\u001b[31mexpected 1\u001b[39m\nat z'],
  };
  const file = { status: 'failed', name: join(root, 'lib/a.test.ts'), assertionResults: [passed, failed] };
  expect(countVitest(vitest([file, broken], { numFailedTests: 1 }), 1).failures).toEqual([
    'lib/a.test.ts › counts\nexpected 1',
    'b.test.ts\nCannot find x',
  ]);
  const stats = { expected: 1, unexpected: 1, flaky: 0, skipped: 0 };
  const results = [{ errors: [{ message: 'no button\nlog' }] }];
  const spec = {
    file: 'specs/a.spec.ts',
    line: 7,
    title: 'clicks',
    tests: [{ status: 'unexpected', results }],
  };
  const fine = { ...spec, title: 'waits', tests: [{ status: 'expected', results: [] }] };
  const suites = [{ specs: [fine], suites: [{ specs: [spec] }] }];
  expect(countPlaywright(report({ stats, suites }), 1).failures).toEqual([
    'specs/a.spec.ts:7 › clicks\nno button',
  ]);
});

test('a file that could not be loaded is a failure although none of its tests ran', () => {
  const file = vitest([{ status: 'failed', assertionResults: [] }]);
  expect(countVitest(file, 1).failed).toBe(1);
});

test('a failure that the report does not show is still one', () => {
  expect(countVitest(vitest([]), 1)).toMatchObject({
    failed: 1,
    failures: ['it ended with 1 although no test failed; see above'],
  });
  expect(
    countPlaywright(report({ stats: { expected: 1, unexpected: 0, flaky: 0, skipped: 0 } }), 1).failed,
  ).toBe(1);
});

test('no report, or half of one, is a failure', () => {
  expect(countVitest(join(folder, 'absent.json'), 0).failed).toBe(1);
  expect(countLint(report('{"passed": 5'), 0).failed).toBe(1);
});
