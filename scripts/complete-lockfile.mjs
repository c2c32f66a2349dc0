// Adds to package-lock.json the optional packages of other platforms that the registry in use did not offer.
//
// `npm ci` refuses a lockfile that lacks them, and a registry mirror that carries one platform only makes `npm install`
// write such a lockfile. The entries have a version and no integrity: they are never installed on this platform.
// Run after `npm install` behind such a mirror: node scripts/complete-lockfile.mjs

import { readFileSync, writeFileSync } from 'node:fs';

const systems = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  win32: 'win32',
  windows: 'win32',
};
const processors = { arm64: 'arm64', x64: 'x64', arm: 'arm', ia32: 'ia32', wasm32: 'wasm32' };

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const added = [];

for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (lock.packages[`${path}/node_modules/${name}`] || lock.packages[`node_modules/${name}`]) continue;
    const platform = platformOf(name);
    if (!platform || !/^\d/.test(version))
      throw new Error(`Cannot tell the platform or version of ${name}@${version}`);
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(entry.dev && { dev: true }),
      optional: true,
      ...platform,
    };
    added.push(name);
  }
}

const [[, root], ...rest] = Object.entries(lock.packages);
rest.sort(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = { '': root, ...Object.fromEntries(rest) };
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length === 0 ? 'The lockfile is complete.' : `Added ${added.length}: ${added.join(', ')}`);

/** Package names of native builds end in `<os>-<cpu>[-<libc>]`, e.g. `cli-linux-x64-musl`. */
function platformOf(name) {
  const words = name.split('/').pop().split('-');
  const cpu = words.map((word) => processors[word]).find(Boolean);
  if (cpu === 'wasm32') return { cpu: [cpu] };
  const os = words.map((word) => systems[word]).find(Boolean);
  if (!os || !cpu) return null;
  if (os !== 'linux') return { cpu: [cpu], os: [os] };
  return { cpu: [cpu], os: [os], ...(words.includes('musl') && { libc: ['musl'] }) };
}
