import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
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
  expect(countVitest(vitest([], { numFailedTests: 2 }), 1)).toEqual({ passed: 3, failed: 2, skipped: 1 });
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

test('a file that could not be loaded is a failure although none of its tests ran', () => {
  const file = vitest([{ status: 'failed', assertionResults: [] }]);
  expect(countVitest(file, 1).failed).toBe(1);
});

test('a failure that the report does not show is still one', () => {
  expect(countVitest(vitest([]), 1).failed).toBe(1);
  expect(
    countPlaywright(report({ stats: { expected: 1, unexpected: 0, flaky: 0, skipped: 0 } }), 1).failed,
  ).toBe(1);
});

test('no report, or half of one, is a failure', () => {
  expect(countVitest(join(folder, 'absent.json'), 0).failed).toBe(1);
  expect(countLint(report('{"passed": 5'), 0).failed).toBe(1);
});
