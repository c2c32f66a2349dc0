/**
 * The closed list of errors a user of Crossvault can meet, with what each door answers: the HTTP status of `/api/v1` and of
 * the gateway, and the exit code of the `crossvault` command.
 */
export const errorCodes = {
  invalid_input: { httpStatus: 400, exitCode: 2, retryable: false },
  unauthenticated: { httpStatus: 401, exitCode: 3, retryable: false },
  forbidden: { httpStatus: 403, exitCode: 3, retryable: false },
  not_found: { httpStatus: 404, exitCode: 4, retryable: false },
  /** The thing exists but is not in a state that allows this; the message says which state and what to do. */
  state_conflict: { httpStatus: 409, exitCode: 5, retryable: false },
  already_exists: { httpStatus: 409, exitCode: 5, retryable: false },
  quota_exceeded: { httpStatus: 409, exitCode: 6, retryable: false },
  /** A rule of the product refuses it (wrong vault type, other encryption method, locked …). */
  not_eligible: { httpStatus: 422, exitCode: 6, retryable: false },
  locked: { httpStatus: 423, exitCode: 6, retryable: false },
  expired: { httpStatus: 410, exitCode: 5, retryable: false },
  key_unavailable: { httpStatus: 424, exitCode: 7, retryable: false },
  rate_limited: { httpStatus: 429, exitCode: 8, retryable: true },
  storage_unavailable: { httpStatus: 503, exitCode: 9, retryable: true },
  unavailable: { httpStatus: 503, exitCode: 9, retryable: true },
  /** Bytes that do not authenticate or do not match their name. Never repaired silently. */
  corrupt_data: { httpStatus: 500, exitCode: 10, retryable: false },
  internal: { httpStatus: 500, exitCode: 1, retryable: false },
} as const satisfies Record<string, { httpStatus: number; exitCode: number; retryable: boolean }>;

export type ErrorCode = keyof typeof errorCodes;

export interface ErrorOptions {
  /** Messages by input field (dotted path), for forms. */
  fields?: Record<string, string>;
  /** Machine-readable reason inside the code, e.g. `encryption_differs`; stable, documented in OpenAPI. */
  reason?: string;
  /** Names the log line that holds the cause of an `internal` error. */
  reference?: string;
  cause?: unknown;
}

/** The message is written for the user: what happened, what is safe, what to do. Details go to `cause`. */
export class CrossvaultError extends Error {
  readonly fields?: Record<string, string>;
  readonly reason?: string;
  readonly reference?: string;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: ErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'CrossvaultError';
    this.fields = options.fields;
    this.reason = options.reason;
    this.reference = options.reference;
  }

  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }
}

/** A stranger's id and an id that does not exist get this same answer. */
export function notFound(what: string): CrossvaultError {
  return new CrossvaultError('not_found', `This ${what} does not exist, or it belongs to another account.`);
}

/** For states our own code must never reach; not for bad input. */
export function invariant(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${what}`);
}

/**
 * An error as a log keeps it, with its causes but without the parameters that a failed query's text ends with: those are
 * users' data and sealed keys.
 */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const { name: type, message, stack = '', cause } = error;
  const code = 'code' in error ? error.code : undefined;
  const isCauseKept = cause !== undefined && depth < 5;
  return {
    type,
    message: withoutParameters(message),
    code,
    stack: withoutParameters(stack),
    ...(isCauseKept && { cause: describeError(cause, depth + 1) }),
  };
}

/** To the stack's first line or to the end, because a parameter may hold line breaks. */
const withoutParameters = (text: string) =>
  text.replaceAll(/^params: [\s\S]*?(?=\n\s+at |$(?![\s\S]))/gm, 'params: [redacted]');
