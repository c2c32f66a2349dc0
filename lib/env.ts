import { join, resolve } from 'node:path';
import { z } from 'zod';

const Environment = z.object({
  /** The folder that holds everything of an installation on one machine. */
  CROSSVAULT_DATA: z.string().min(1).default('.crossvault'),
  /** Where backup clients and browsers reach the gateway. */
  GATEWAY_URL: z.url({ protocol: /^https$/ }).default('https://127.0.0.1:8443'),
  /** Where the web server reaches the engine, when that is another address. */
  ENGINE_URL: z.url({ protocol: /^https$/ }).optional(),
  /** PEM; by default inside the data folder. */
  GATEWAY_CERTIFICATE_FILE: z.string().min(1).optional(),
  /** 32 bytes as hex, shared by web and engine processes; by default inside the data folder. */
  INTERNAL_SECRET_FILE: z.string().min(1).optional(),
});

/** The settings that web and engine processes share, read when asked so that a process may set them at its start. */
export function readEnv(from: Record<string, string | undefined> = process.env) {
  const parsed = Environment.safeParse(from);
  if (!parsed.success) throw new Error(`The environment is not usable. ${z.prettifyError(parsed.error)}`);
  const { CROSSVAULT_DATA, GATEWAY_URL, ENGINE_URL, ...files } = parsed.data;
  const dataFolder = resolve(CROSSVAULT_DATA);
  return {
    dataFolder,
    gatewayUrl: new URL(GATEWAY_URL).origin,
    engineUrl: new URL(ENGINE_URL ?? GATEWAY_URL).origin,
    gatewayCertificateFile: files.GATEWAY_CERTIFICATE_FILE ?? join(dataFolder, 'tls', 'gateway.crt'),
    internalSecretFile: files.INTERNAL_SECRET_FILE ?? join(dataFolder, 'secrets', 'internal'),
  };
}
