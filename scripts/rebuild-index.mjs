// `npm run rebuild-index -- <vault id>`: a vault's index rows made anew from its storage.
import { runBundled } from './operator/run-bundled.mjs';

await runBundled('rebuild-index');
