import { pino, stdSerializers } from 'pino';

const secrets = ['password', 'secret', 'token', 'credential', 'authorization', 'cookie', 'passwordHash'];

/** JSON lines on standard output. Values under names of secrets are cut out wherever a caller logs an object. */
export const log = pino({
  name: 'web',
  level: process.env.LOG_LEVEL ?? 'info',
  redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
  serializers: { err: describeError },
});

/** Type, text, stack and cause of an error, without the parameters of a failed query: those are users' data. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack } = stdSerializers.err(error);
  const code = 'code' in error ? error.code : undefined;
  return { type, message: withoutParameters(message), code, stack: withoutParameters(stack) };
}

const withoutParameters = (text: string) => text.replaceAll(/^params: .*$/gm, 'params: [redacted]');
