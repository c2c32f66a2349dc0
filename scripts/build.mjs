// `npm run build`: bundles and console, where they are not up to date.
import { ensureBuilt } from './setup/build.mjs';
import { fail } from './setup/problem.mjs';

await ensureBuilt().catch(fail);
