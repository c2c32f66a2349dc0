import { ErrorBody } from '@/lib/engine/wire';
import { CrossvaultError, type ErrorCode, type ErrorOptions, errorCodes } from '@/lib/errors';

/** An error that the gateway answered with, carrying what only the protocol has. */
export class GatewayError extends CrossvaultError {
  /** With reason `chunks_missing`: some of the names the gateway did not find. */
  readonly missing: readonly string[];

  constructor(code: ErrorCode, message: string, options: ErrorOptions & { missing?: string[] } = {}) {
    super(code, message, options);
    this.missing = options.missing ?? [];
  }
}

export function toGatewayError(status: number, body: Buffer): GatewayError {
  const parsed = ErrorBody.safeParse(parseJson(body));
  if (!parsed.success)
    return new GatewayError(
      status >= 500 ? 'unavailable' : 'internal',
      `The gateway answered ${status} with something that is no Crossvault error. Check that the address is the gateway's.`,
    );
  const { code, message, reason, fields, missing } = parsed.data.error;
  return new GatewayError(code in errorCodes ? (code as ErrorCode) : 'internal', message, {
    reason,
    fields,
    missing,
  });
}

export function unreachable(server: string, cause: unknown): CrossvaultError {
  const detail = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
  return new CrossvaultError(
    'unavailable',
    `The gateway at ${server} cannot be reached (${detail}). What is already backed up is safe; check that the engine runs and that this host reaches it.`,
    { reason: 'unreachable', cause },
  );
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
