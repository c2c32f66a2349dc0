import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

// Loaded into a child with `node --import`: standard input is a pipe from the supervisor, and its end means that the
// supervisor is gone, however it went. A child left alone would keep its port and its connections.
// Its worker threads load this too; they have no input, and nobody's end to wait for.
if (isMainThread) {
  const end = () => process.kill(process.pid, 'SIGTERM');
  process.stdin.on('end', end);
  process.stdin.on('error', end);
  process.stdin.resume();
  process.stdin.unref?.();
}

// `next dev` hands its options on to workers whose input is closed: they would end as soon as they start.
const place = process.execArgv.indexOf(fileURLToPath(import.meta.url));
if (place > 0) process.execArgv.splice(place - 1, 2);
