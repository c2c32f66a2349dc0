// `npm run file-systems -- list | check | add … | remove <id>`: NAS and CPFS file systems that accounts may back up.
import { runBundled } from './operator/run-bundled.mjs';

await runBundled('file-systems');
