import { z } from 'zod';
import { readEnv, requireDatabaseUrl } from '@/lib/env';

const EngineOnly = z.object({
  /** Threads that seal and open packs; by default one a core, eight at most. */
  ENGINE_THREADS: z.coerce.number().int().min(1).max(64).optional(),
  /** Runs the mover beside the engine: backups and restores of what no host serves. */
  CROSSVAULT_MOVER: z.stringbool().default(true),
  /** Jobs of the mover that run at once. */
  MOVER_JOBS: z.coerce.number().int().min(1).max(64).default(4),
  ENGINE_CONNECTIONS: z.coerce.number().int().min(4).max(200).default(20),
});

/** The engine's settings. Throws with the names of those that are missing or wrong. */
export function readEngineSettings(from: Record<string, string | undefined> = process.env) {
  const parsed = EngineOnly.safeParse(from);
  if (!parsed.success) throw new Error(`The environment is not usable. ${z.prettifyError(parsed.error)}`);
  const env = readEnv(from);
  return {
    ...env,
    databaseUrl: requireDatabaseUrl(env),
    threads: parsed.data.ENGINE_THREADS,
    connections: parsed.data.ENGINE_CONNECTIONS,
    hasMover: parsed.data.CROSSVAULT_MOVER,
    moverJobs: parsed.data.MOVER_JOBS,
  };
}

export type EngineSettings = ReturnType<typeof readEngineSettings>;
