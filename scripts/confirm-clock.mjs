// `npm run confirm-clock [-- --yes]`: the operator says that the database's clock is right after it jumped ahead.
import { runBundled } from './operator/run-bundled.mjs';

await runBundled('confirm-clock');
