/** Next.js runs this once in each server process, before the first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const [{ watchPeers }, { loadRegions }, { readEnv }] = await Promise.all([
    import('./lib/api/peer'),
    import('./lib/regions'),
    import('./lib/env'),
  ]);
  loadRegions(readEnv());
  watchPeers();
}
