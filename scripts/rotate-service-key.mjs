// `npm run rotate-service-key -- begin | finish`: a new key that wraps vault keys, without rewriting data.
import { runBundled } from './operator/run-bundled.mjs';

await runBundled('rotate-service-key');
