// Loaded into a child with `node --import`: standard input is a pipe from the supervisor, and its end means that the
// supervisor is gone, however it went. A child left alone would keep its port and its connections.
const end = () => process.kill(process.pid, 'SIGTERM');

// A child's own children (the workers of `next dev`) inherit the option but not the pipe: theirs ends at once.
if (!process.env.CROSSVAULT_WATCHES_PARENT) {
  process.env.CROSSVAULT_WATCHES_PARENT = '1';
  process.stdin.on('end', end);
  process.stdin.on('error', end);
  process.stdin.resume();
  process.stdin.unref?.();
}
