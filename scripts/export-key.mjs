// `npm run export-key -- <key id> <file>`: a copy of an account's KMS key, for the day the database is lost.
import { runBundled } from './operator/run-bundled.mjs';

await runBundled('export-key');
