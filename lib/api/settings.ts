import { z } from 'zod';

const Settings = z
  .object({
    DATABASE_URL: z.string().min(1),
    /** Where browsers reach the console, e.g. `https://backup.example.org`. */
    NEXTAUTH_URL: z.url(),
    NEXTAUTH_SECRET: z.string().min(32),
    /** The secret before the last change: sessions under it hold until they expire. */
    NEXTAUTH_SECRET_PREVIOUS: z.string().min(32).optional(),
    /** How many reverse proxies, each adding to X-Forwarded-For, stand before this process. */
    CROSSVAULT_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(5).default(0),
  })
  .transform((env) => {
    const url = new URL(env.NEXTAUTH_URL);
    return {
      databaseUrl: env.DATABASE_URL,
      publicOrigin: url.origin,
      isSecure: url.protocol === 'https:',
      port: url.port || (url.protocol === 'https:' ? '443' : '80'),
      secrets: [
        env.NEXTAUTH_SECRET,
        ...(env.NEXTAUTH_SECRET_PREVIOUS ? [env.NEXTAUTH_SECRET_PREVIOUS] : []),
      ] as [string, ...string[]],
      trustedProxies: env.CROSSVAULT_TRUSTED_PROXIES,
    };
  });

export type WebSettings = z.output<typeof Settings>;

let settings: WebSettings | null = null;

/** The web process's settings, read when first asked for. Throws with the names of those that are missing or wrong. */
export function webSettings(): WebSettings {
  settings ??= readSettings(process.env);
  return settings;
}

export function readSettings(env: Record<string, string | undefined>): WebSettings {
  const parsed = Settings.safeParse(env);
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map((issue) => `${issue.path.join('.')} (${issue.message})`);
  throw new Error(`Settings are missing or wrong: ${names.join(', ')}`);
}
