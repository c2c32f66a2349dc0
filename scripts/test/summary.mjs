/**
 * Prints what ran, what did not and why; the last line is `N passed, N failed`. Returns whether all is well: a suite that
 * could not run is a failure where everything is required, as in CI.
 */
export function printSummary(results, isAllRequired = process.env.CROSSVAULT_REQUIRE_ALL === '1') {
  console.log('\n── summary ────────────────────────────────────────');
  const width = Math.max(...results.map(({ name }) => name.length));
  for (const { name, seconds, notRun, passed, failed, skipped } of results) {
    const counts = notRun
      ? `could not run: ${notRun}`
      : `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''} in ${Math.round(seconds)} s`;
    console.log(
      `${failed || (notRun && isAllRequired) ? '✗' : notRun ? '–' : '✓'} ${name.padEnd(width)}  ${counts}`,
    );
  }
  const missing = results.filter(({ notRun }) => notRun);
  const sum = (key) => results.reduce((total, result) => total + (result[key] ?? 0), 0);
  const failed = sum('failed') + (isAllRequired ? missing.length : 0);
  if (missing.length > 0)
    console.log(`\nNot everything was tested: ${missing.map(({ name }) => name).join(', ')} could not run.`);
  console.log(`\n${sum('passed')} passed, ${failed} failed`);
  return failed === 0;
}
