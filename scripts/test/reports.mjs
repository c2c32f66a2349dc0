import { existsSync, readFileSync } from 'node:fs';

/** Counts from the report that the suite itself wrote. A suite that failed in a way its report does not show counts as one. */
export function countVitest(file, code) {
  const report = readReport(file);
  if (!report) return noReport();
  const broken = report.testResults.filter(
    (result) =>
      result.status === 'failed' && !result.assertionResults.some((test) => test.status === 'failed'),
  );
  return withExitCode(
    {
      passed: report.numPassedTests,
      failed: report.numFailedTests + broken.length,
      skipped: report.numPendingTests + report.numTodoTests,
    },
    code,
  );
}

export function countPlaywright(file, code) {
  const report = readReport(file);
  if (!report) return noReport();
  const { expected, unexpected, flaky, skipped } = report.stats;
  const skippedFor = [...new Set(report.suites?.flatMap(skipReasonsIn))];
  return withExitCode({ passed: expected, failed: unexpected + flaky, skipped, skippedFor }, code);
}

/** What tests of a Playwright suite said of why they cannot run here. */
function skipReasonsIn({ suites = [], specs = [] }) {
  const annotations = specs.flatMap(({ tests }) => tests.flatMap((test) => test.annotations ?? []));
  const reasons = annotations.filter(({ type }) => type === 'skip').map(({ description }) => description);
  return [...reasons.filter(Boolean), ...suites.flatMap(skipReasonsIn)];
}

export function countLint(file, code) {
  const report = readReport(file);
  return report ? withExitCode({ ...report, skipped: 0 }, code) : noReport();
}

function withExitCode(counts, code) {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function noReport() {
  return { passed: 0, failed: 1, skipped: 0 };
}

function readReport(file) {
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
