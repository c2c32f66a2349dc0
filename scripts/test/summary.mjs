/** The rest stands further up. */
const maxFailures = 30;

/**
 * Prints what ran, what did not and why, and what failed; the last line is `N passed, N failed`. Returns whether all is well: a suite that
 * could not run, or a test that says what it misses here, is a failure where everything is required, as in CI;
 * not so a suite that the machine's own kernel cannot run, which is told.
 */
export function printSummary(results, isAllRequired = process.env.CROSSVAULT_REQUIRE_ALL === '1') {
  console.log('\n── summary ────────────────────────────────────────');
  const width = Math.max(...results.map(({ name }) => name.length));
  for (const { name, seconds, notRun, passed, failed, skipped, skippedFor = [], isBeyondHelp } of results) {
    const counts = notRun
      ? `could not run: ${notRun}`
      : `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''} in ${Math.round(seconds)} s`;
    const isMissing = isAllRequired && ((notRun && !isBeyondHelp) || skippedFor.length > 0);
    console.log(`${failed || isMissing ? '✗' : notRun ? '–' : '✓'} ${name.padEnd(width)}  ${counts}`);
    for (const why of skippedFor) console.log(`  ${' '.repeat(width)}  skipped: ${why}`);
  }
  const failures = results.flatMap(({ name, failures = [] }) => failures.map((one) => `${name}: ${one}`));
  if (failures.length > 0) console.log('\nfailed:');
  for (const failure of failures.slice(0, maxFailures))
    console.log(`✗ ${failure.replaceAll('\n', '\n    ').slice(0, 600)}`);
  if (failures.length > maxFailures) console.log(`and ${failures.length - maxFailures} more`);
  const missing = results.filter(({ notRun }) => notRun);
  const sum = (key) => results.reduce((total, result) => total + (result[key] ?? 0), 0);
  const lacking = results.reduce(
    (total, { notRun, isBeyondHelp, skippedFor = [] }) =>
      total + skippedFor.length + Number(Boolean(notRun) && !isBeyondHelp),
    0,
  );
  const failed = sum('failed') + (isAllRequired ? lacking : 0);
  if (missing.length > 0)
    console.log(`\nNot everything was tested: ${missing.map(({ name }) => name).join(', ')} could not run.`);
  console.log(`\n${sum('passed')} passed, ${failed} failed`);
  return failed === 0;
}
