// `npm run accounts -- list | set-state <account id> <state> --reason "…"`: the operator's say over accounts.
import { runBundled } from './operator/run-bundled.mjs';

await runBundled('accounts');
