// Loaded into a child with `node --import`: standard input is a pipe from the supervisor, and its end means that the
// supervisor is gone, however it went. A child left alone would keep its port and its connections.
process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.on('error', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.resume();
process.stdin.unref?.();
