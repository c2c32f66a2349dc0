import { join, resolve } from 'node:path';
import { z } from 'zod';

const Port = z.coerce.number().int().min(1).max(65_535);
const HttpsUrl = z.url({ protocol: /^https$/ });

/** An empty value counts as absent, as `NAME= npm start` means it. */
const Environment = z.object({
  /** The folder that holds everything of an installation on one machine. */
  CROSSVAULT_DATA_DIR: z.string().min(1).default('.crossvault'),
  /** The address that the web server and the gateway listen on. */
  CROSSVAULT_HOST: z.string().min(1).default('127.0.0.1'),
  CROSSVAULT_PORT: Port.default(3000),
  CROSSVAULT_GATEWAY_PORT: Port.default(3443),
  /** Where backup clients and browsers reach the gateway; by default the port above on this machine. */
  GATEWAY_URL: HttpsUrl.optional(),
  /** Where the web server reaches the engine, when that is another address. */
  ENGINE_URL: HttpsUrl.optional(),
  /** PEM; by default inside the data folder. */
  GATEWAY_CERTIFICATE_FILE: z.string().min(1).optional(),
  /** 32 bytes as hex, shared by web and engine processes; by default inside the data folder. */
  INTERNAL_SECRET_FILE: z.string().min(1).optional(),
  /** Wraps the keys of vaults; by default inside the data folder. */
  SERVICE_KEY_FILE: z.string().min(1).optional(),
  /** Signs the audit; an Ed25519 private key as PEM, by default inside the data folder. */
  AUDIT_KEY_FILE: z.string().min(1).optional(),
  /** JSON; the operator's prices. By default the round figures of the product. */
  CROSSVAULT_PRICE_LIST_FILE: z.string().min(1).optional(),
  /**
   * Each process connects as its own role: web `crossvault_app`, engine `crossvault_engine`. For `npm start`, the owner
   * of an external database; absent, an embedded one is started.
   */
  DATABASE_URL: z.string().min(1).optional(),
  /** The operator's regions (JSON); without it the built-in ones, as folders of the data folder. */
  CROSSVAULT_REGIONS_FILE: z.string().min(1).optional(),
  /** Lets S3 endpoints of all regions lie on this machine or in a private network. */
  CROSSVAULT_ALLOW_PRIVATE_ENDPOINTS: z.stringbool().default(false),
  /** The same for the buckets and instances that accounts register as data sources. */
  CROSSVAULT_ALLOW_PRIVATE_SOURCES: z.stringbool().default(false),
  /** The operator's mail server, for alerts: `smtps://user:password@mail.example.org`. */
  CROSSVAULT_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  /** The sender of alerts: `Crossvault <backup@example.org>`. */
  CROSSVAULT_MAIL_FROM: z.string().min(3).optional(),
  /** Where browsers reach the console; by default the port above on this machine. */
  NEXTAUTH_URL: z.url().optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

export type Env = ReturnType<typeof readEnv>;

/** The settings that all processes share, read when asked so that a process may set them at its start. */
export function readEnv(from: Record<string, string | undefined> = process.env) {
  const given = Object.fromEntries(Object.entries(from).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) throw new Error(`The environment is not usable. ${z.prettifyError(parsed.error)}`);
  const env = parsed.data;
  const dataFolder = resolve(env.CROSSVAULT_DATA_DIR);
  const gatewayUrl = new URL(env.GATEWAY_URL ?? `https://127.0.0.1:${env.CROSSVAULT_GATEWAY_PORT}`).origin;
  return {
    dataFolder,
    host: env.CROSSVAULT_HOST,
    webPort: env.CROSSVAULT_PORT,
    gatewayPort: env.CROSSVAULT_GATEWAY_PORT,
    gatewayUrl,
    engineUrl: env.ENGINE_URL ? new URL(env.ENGINE_URL).origin : gatewayUrl,
    gatewayCertificateFile: env.GATEWAY_CERTIFICATE_FILE ?? join(dataFolder, 'tls', 'gateway.crt'),
    internalSecretFile: env.INTERNAL_SECRET_FILE ?? join(dataFolder, 'secrets', 'internal'),
    auditKeyFile: env.AUDIT_KEY_FILE ?? join(dataFolder, 'secrets', 'audit.key'),
    serviceKeyFile: env.SERVICE_KEY_FILE ?? join(dataFolder, 'secrets', 'service.key'),
    priceListFile: env.CROSSVAULT_PRICE_LIST_FILE ? resolve(env.CROSSVAULT_PRICE_LIST_FILE) : null,
    databaseUrl: env.DATABASE_URL ?? null,
    regionsFile: env.CROSSVAULT_REGIONS_FILE ? resolve(env.CROSSVAULT_REGIONS_FILE) : null,
    allowsPrivateEndpoints: env.CROSSVAULT_ALLOW_PRIVATE_ENDPOINTS,
    allowsPrivateSources: env.CROSSVAULT_ALLOW_PRIVATE_ENDPOINTS || env.CROSSVAULT_ALLOW_PRIVATE_SOURCES,
    smtpUrl: env.CROSSVAULT_SMTP_URL ?? null,
    mailFrom: env.CROSSVAULT_MAIL_FROM ?? null,
    publicUrl: new URL(env.NEXTAUTH_URL ?? `http://${env.CROSSVAULT_HOST}:${env.CROSSVAULT_PORT}`).origin,
    logLevel: env.LOG_LEVEL,
  };
}

/** For processes that are nothing without a database. */
export function requireDatabaseUrl({ databaseUrl }: Pick<Env, 'databaseUrl'>): string {
  if (databaseUrl) return databaseUrl;
  throw new Error('The environment is not usable. DATABASE_URL is missing.');
}
