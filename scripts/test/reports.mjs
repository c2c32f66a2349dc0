import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from '../setup/command.mjs';

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
      failures: report.testResults.flatMap(failuresOfFile),
    },
    code,
  );
}

function failuresOfFile({ name, status, message, assertionResults }) {
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (status === 'failed' && failed.length === 0) return [toLine(name, '', message)];
  return failed.map((test) => toLine(name, test.fullName, test.failureMessages?.[0]));
}

/** A line for each: where, what, and the first line of why. */
function toLine(file = '', title = '', why = '') {
  const place = isAbsolute(file) ? relative(root, file) : file;
  return [[place, title].filter(Boolean).join(' › '), firstLine(why)].filter(Boolean).join('\n');
}

function firstLine(text) {
  return stripVTControlCharacters(text).split('\n', 1)[0].trim();
}

export function countPlaywright(file, code) {
  const report = readReport(file);
  if (!report) return noReport();
  const { expected, unexpected, flaky, skipped } = report.stats;
  const skippedFor = [...new Set(report.suites?.flatMap(skipReasonsIn))];
  const failures = report.suites?.flatMap(failuresOfSuite) ?? [];
  return withExitCode({ passed: expected, failed: unexpected + flaky, skipped, skippedFor, failures }, code);
}

function failuresOfSuite({ suites = [], specs = [] }) {
  const failed = specs.filter(({ tests }) =>
    tests.some(({ status }) => status === 'unexpected' || status === 'flaky'),
  );
  const own = failed.map(({ file, line, title, tests }) => {
    const errors = tests.flatMap(({ results = [] }) => results.flatMap(({ errors = [] }) => errors));
    return toLine(`${file}:${line}`, title, errors[0]?.message);
  });
  return [...own, ...suites.flatMap(failuresOfSuite)];
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
  if (code === 0 || counts.failed > 0) return counts;
  return { ...counts, failed: 1, failures: [`it ended with ${code} although no test failed; see above`] };
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
