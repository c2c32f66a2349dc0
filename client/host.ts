import { arch, hostname, platform } from 'node:os';
import { clientVersion } from './version';

/** How this host introduces itself. */
export function describeHost(): { hostname: string; platform: string; version: string } {
  return { hostname: hostname() || 'unnamed', platform: `${platform()}-${arch()}`, version: clientVersion };
}
