import { PrivateAddress } from '@/lib/engine/core/private-addresses';
import { CrossvaultError, type ErrorCode } from '@/lib/errors';

/** What the service, or the way to it, answered. */
export interface ServiceFailure {
  /** Null when there was no answer at all. */
  status: number | null;
  code: string;
  message: string;
  requestId: string | null;
}

interface Meaning {
  code: ErrorCode;
  reason: string;
  says(failure: ServiceFailure): string;
}

const throttled: Meaning = {
  code: 'unavailable',
  reason: 'source_throttled',
  says: () =>
    'Tablestore asks for fewer requests. They are repeated more slowly; raise the throughput of the table or use fewer channels if that goes on.',
};
const busy: Meaning = {
  code: 'unavailable',
  reason: 'source_unavailable',
  says: ({ code }) => `Tablestore cannot serve this at the moment (${code}). It is tried again.`,
};
const refused: Meaning = {
  code: 'invalid_input',
  reason: 'source_refused',
  says: ({ message }) => `Tablestore refuses this: ${message}`,
};

const meanings: Record<string, Meaning> = {
  OTSNoPermissionAccess: {
    code: 'forbidden',
    reason: 'source_permission_missing',
    says: ({ message }) =>
      `The access key may not do this in the instance (${message}). Give it the permission, then try again; nothing was changed.`,
  },
  OTSObjectNotExist: {
    code: 'not_found',
    reason: 'table_missing',
    says: () => 'The table does not exist in the instance.',
  },
  OTSObjectAlreadyExist: {
    code: 'already_exists',
    reason: 'table_exists',
    says: () => 'A table of this name exists in the instance.',
  },
  OTSConditionCheckFail: {
    code: 'state_conflict',
    reason: 'row_exists',
    says: () => 'The row is there already.',
  },
  OTSQuotaExhausted: {
    code: 'quota_exceeded',
    reason: 'source_quota',
    says: ({ message }) => `A quota of the Tablestore instance is used up: ${message}`,
  },
  OTSNotEnoughCapacityUnit: throttled,
  OTSServerBusy: throttled,
  OTSOperationThrottled: throttled,
  OTSRowOperationConflict: busy,
  OTSTableNotReady: busy,
  OTSPartitionUnavailable: busy,
  OTSTimeout: busy,
  OTSRequestTimeout: busy,
  OTSServerUnavailable: busy,
  OTSInternalServerError: busy,
};

/** The message that comes with `OTSAuthFailed` tells which of several things is wrong. */
const signInMeanings: [RegExp, Meaning][] = [
  [
    /Mismatch between system time/i,
    {
      code: 'state_conflict',
      reason: 'clock_skew',
      says: () =>
        'Tablestore refuses the request because the clock of this machine is wrong. Set the clock and try again.',
    },
  ],
  [
    /instance (is not found|does not exist|not exist)/i,
    {
      code: 'not_found',
      reason: 'instance_missing',
      says: () => 'There is no Tablestore instance of this name at this endpoint. Check both.',
    },
  ],
  [
    /not running|ACL|no privilege|permission/i,
    {
      code: 'forbidden',
      reason: 'source_permission_missing',
      says: ({ message }) => `The instance does not let this access key in: ${message}`,
    },
  ],
];
const badKey: Meaning = {
  code: 'forbidden',
  reason: 'source_credentials_refused',
  says: ({ message }) =>
    `Tablestore refuses the access key: ${message} Enter the key and its secret again; backups that exist are not affected.`,
};

function meaningOf(failure: ServiceFailure): Meaning {
  const { code, message, status } = failure;
  if (code === 'OTSAuthFailed')
    return signInMeanings.find(([pattern]) => pattern.test(message))?.[1] ?? badKey;
  // The one quota that passes by itself.
  if (code === 'OTSQuotaExhausted' && /too frequent/i.test(message)) return throttled;
  return meanings[code] ?? (status !== null && status >= 500 ? busy : refused);
}

/** An answer of the service in our words, with what to do. */
export function toServiceError(failure: ServiceFailure, cause?: unknown): ServiceError {
  const meaning = meaningOf(failure);
  return new ServiceError(meaning.code, meaning.says(failure), meaning.reason, failure, cause);
}

/** Carries the service's own code beside ours. */
export class ServiceError extends CrossvaultError {
  constructor(
    code: ErrorCode,
    message: string,
    reason: string,
    readonly failure: ServiceFailure,
    cause?: unknown,
  ) {
    super(code, message, { reason, cause });
  }

  /** Whether the request may have been carried out although no answer said so. */
  get isAmbiguous(): boolean {
    const { status, code } = this.failure;
    return status === null || code === 'OTSTimeout' || code === 'OTSInternalServerError';
  }
}

/** What failed before there was an answer. */
export function toConnectionError(error: unknown, endpoint: string): CrossvaultError {
  if (error instanceof CrossvaultError) return error;
  const privateAddress = findPrivateAddress(error);
  if (privateAddress)
    return new CrossvaultError(
      'not_eligible',
      `${new URL(endpoint).hostname} lies on this machine or in a private network, which the operator has not allowed.`,
      { reason: 'private_endpoint', cause: error },
    );
  const { code, message } = error as NodeJS.ErrnoException;
  const detail = code && code !== 'NetworkingError' ? code : message;
  return new ServiceError(
    'unavailable',
    `Tablestore does not answer at ${endpoint} (${detail}). Check the endpoint and that the engine's machine reaches it; it is tried again.`,
    'source_unreachable',
    { status: null, code: code ?? 'Error', message, requestId: null },
    error,
  );
}

/** The SDK writes its own code and message over the error's, and keeps the error otherwise. */
function findPrivateAddress(error: unknown): boolean {
  for (
    let at = error as (Error & { originalError?: unknown }) | undefined, depth = 0;
    at && depth < 5;
    depth++
  ) {
    if (at instanceof PrivateAddress || at.name === 'PrivateAddress') return true;
    at = (at.cause ?? at.originalError) as typeof at;
  }
  return false;
}
