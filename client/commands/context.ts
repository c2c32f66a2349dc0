import type { Command } from 'commander';
import { ClientFolder, locateConfig } from '../config';

/** The client folder that a command works with: `--config` may stand before or after the command's name. */
export function folderOf(command: Command): ClientFolder {
  return new ClientFolder(locateConfig(command.optsWithGlobals<{ config?: string }>().config));
}

export const configOption = [
  '--config <dir>',
  'client folder (default: CROSSVAULT_CLIENT_DIR, /var/lib/crossvault-client for root, else ~/.crossvault-client)',
] as const;
