import { existsSync } from 'node:fs';

const usual = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** A Chromium for the browser tests, or why there is none. */
export function findChromium(env = process.env) {
  const wanted = env.CROSSVAULT_CHROMIUM;
  if (wanted) {
    if (existsSync(wanted)) return { path: wanted };
    return { why: `CROSSVAULT_CHROMIUM names ${wanted}, which does not exist` };
  }
  const path = usual.find((candidate) => existsSync(candidate));
  if (path) return { path };
  return {
    why: 'no Chromium was found: install Debian\'s "chromium", or name one with CROSSVAULT_CHROMIUM=<path>',
  };
}
