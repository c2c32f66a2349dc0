import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { Problem } from './problem.mjs';

/**
 * What would make the start fail, found before anything that takes long. The names and defaults are those of
 * lib/env.ts, which cannot be read before the first build.
 */
export async function preflight(env = process.env) {
  const dataFolder = resolve(env.CROSSVAULT_DATA_DIR || '.crossvault');
  const advice = 'Choose another: CROSSVAULT_DATA_DIR=<folder> npm start';
  requireWritable(dataFolder, 'The data folder', advice, 0o700);
  // Whether an earlier run still lives is the supervisor's to find out, and then whose the ports are
  if (!existsSync(join(dataFolder, 'run.json'))) await requirePorts(env);
}

/** Throws a Problem for the first port that cannot be listened on. */
export async function requirePorts(env = process.env) {
  const host = env.CROSSVAULT_HOST || '127.0.0.1';
  await requireFreePort(host, Number(env.CROSSVAULT_PORT || 3000), 'CROSSVAULT_PORT');
  await requireFreePort(host, Number(env.CROSSVAULT_GATEWAY_PORT || 3443), 'CROSSVAULT_GATEWAY_PORT');
}

async function requireFreePort(host, port, variable) {
  const code = await new Promise((settle) => {
    const server = createServer();
    server.once('error', (error) => settle(error.code));
    server.listen(port, host, () => server.close(() => settle(null)));
  });
  if (code === null) return;
  const what =
    {
      EADDRINUSE: `Port ${port} on ${host} is taken by another program.`,
      EACCES: `Port ${port} may not be opened by this user.`,
      EADDRNOTAVAIL: `This machine has no address ${host} (CROSSVAULT_HOST).`,
    }[code] ?? `Port ${port} on ${host} cannot be opened (${code}).`;
  throw new Problem(`${what} Choose another: ${variable}=<port> npm start`);
}

/** Creates the folder if need be and throws a Problem when nothing can be written in it. */
export function requireWritable(folder, name, advice, mode = 0o755) {
  try {
    mkdirSync(folder, { recursive: true, mode });
    accessSync(folder, constants.W_OK | constants.X_OK);
    rmdirSync(mkdtempSync(join(folder, '.write-test-')));
  } catch (error) {
    throw new Problem(`${name} ${folder} cannot be written (${error.code}). ${advice}`);
  }
}
