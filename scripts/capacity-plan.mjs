// `npm run capacity-plan`: records that an account bought storage beforehand.
import { runBundled } from './operator/run-bundled.mjs';

await runBundled('capacity-plan');
