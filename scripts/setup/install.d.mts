/** Installs what package-lock.json says, when node_modules is not that. */
export function ensureInstalled(): Promise<void>;

/** Whether node_modules holds the versions of the lockfile and the repaired database driver. */
export function isInstalled(folder: string): boolean;
