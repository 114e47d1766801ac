// Prints the closing line of .ci/run from Vitest's JSON report and sets the exit status.
// usage: node scripts/report-totals.mjs REPORT TEST_EXIT_STATUS CHECKS_PASSED CHECKS_FAILED
import { readFileSync } from 'node:fs';

const [reportPath = '', testStatus = '', checksPassed = '', checksFailed = ''] = process.argv.slice(2);

function readReport() {
  try {
    return JSON.parse(readFileSync(reportPath, 'utf8'));
  } catch {
    return undefined;
  }
}

const report = readReport();
const passed = Number(checksPassed) + (report?.numPassedTests ?? 0);
let failed = Number(checksFailed) + (report?.numFailedTests ?? 0);

// A suite that breaks before its first test counts too, and so does a run that left no report.
const brokenFiles = report?.testResults.filter(
  ({ status, assertionResults }) =>
    status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
);
failed += brokenFiles?.length ?? 1;

// Here every tool is installed, so that a skipped test is one that nobody ran.
const skipped = report?.testResults
  .flatMap((file) => file.assertionResults)
  .filter(({ status }) => !['passed', 'failed'].includes(status));
for (const { fullName } of skipped ?? []) console.error(`skipped, which counts as failed here: ${fullName}`);
failed += skipped?.length ?? 0;

if (testStatus !== '0' && failed === 0) failed += 1;
if (report?.numTotalTests === 0) failed += 1;

console.log(
  `checks: ${checksPassed} passed, ${checksFailed} failed; tests: ${report?.numPassedTests ?? 0} passed`,
);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
