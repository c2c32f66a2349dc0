import { pino } from 'pino';
import { describeError } from '@/lib/errors';

const secrets = ['password', 'secret', 'token', 'credential', 'authorization', 'cookie', 'passwordHash'];

/** JSON lines on standard output. Values under names of secrets are cut out wherever a caller logs an object. */
export const log = pino({
  name: 'web',
  level: process.env.LOG_LEVEL ?? 'info',
  redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
  serializers: { err: describeError },
});
