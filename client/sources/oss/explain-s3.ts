import { statusOf } from '@/lib/engine/core/store/s3/s3-errors';
import { CrossvaultError, type ErrorCode } from '@/lib/errors';

/** Which bucket an error is about, in words for people. */
export interface BucketWords {
  bucket: string;
  host: string;
}

type Explanation = [code: ErrorCode, reason: string, message: (words: BucketWords) => string];

const credentialsRefused = (words: BucketWords) =>
  `The server at ${words.host} refuses the access key of bucket ${words.bucket}. Enter the key again in the data source.`;

/** By the error codes that servers of this protocol answer with. */
const explanations: Record<string, Explanation> = {
  NoSuchBucket: [
    'not_found',
    'bucket_missing',
    ({ bucket, host }) =>
      `The bucket ${bucket} does not exist at ${host}. Check its name, the endpoint, and whether it was deleted.`,
  ],
  AccessDenied: [
    'forbidden',
    'bucket_access_denied',
    ({ bucket }) =>
      `The access key may not do this with the bucket ${bucket}. A backup needs to list the bucket and read objects and their tags; a restore needs to write objects.`,
  ],
  InvalidAccessKeyId: ['forbidden', 'credentials_refused', credentialsRefused],
  SignatureDoesNotMatch: ['forbidden', 'credentials_refused', credentialsRefused],
  ExpiredToken: ['forbidden', 'credentials_refused', credentialsRefused],
  RequestTimeTooSkewed: [
    'state_conflict',
    'clock_skewed',
    ({ host }) =>
      `The clocks of this machine and of ${host} differ too much. Set the clock of the machine that the engine runs on.`,
  ],
  NoSuchKey: ['not_found', 'object_gone', () => 'it was deleted meanwhile'],
  NoSuchVersion: ['not_found', 'object_gone', () => 'this version of it was deleted meanwhile'],
  PreconditionFailed: ['state_conflict', 'object_changed', () => 'it was changed meanwhile'],
  InvalidRange: ['state_conflict', 'object_changed', () => 'it was changed meanwhile'],
  InvalidObjectState: [
    'not_eligible',
    'object_archived',
    () => 'it is in an archive class of the bucket; restore it there first',
  ],
  InvalidStorageClass: [
    'invalid_input',
    'storage_class_unknown',
    () => 'the bucket does not know its storage class',
  ],
  KeyTooLongError: ['invalid_input', 'key_too_long', () => 'its key is too long with the prefix'],
  QuotaExceeded: [
    'quota_exceeded',
    'bucket_full',
    ({ bucket }) => `The bucket ${bucket} takes no more: its quota is used up. Raise it, then restore again.`,
  ],
};

const throttled = new Set([
  'SlowDown',
  'TooManyRequests',
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
]);
const elsewhere = new Set([
  'PermanentRedirect',
  'TemporaryRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
]);

/** An error of the server in our words, with what to do. Of its own text only the error code is told, without odd characters. */
export function explainS3(error: unknown, words: BucketWords): CrossvaultError {
  if (error instanceof CrossvaultError) return error;
  const { name = 'Error', code } = error as { name?: string; code?: string };
  const status = statusOf(error);
  const known = explanations[name] ?? byStatus(name, status);
  if (known) {
    const [errorCode, reason, message] = known;
    return new CrossvaultError(errorCode, message(words), { reason, cause: error });
  }
  if (throttled.has(name) || status === 429 || status === 503) {
    const message = `The server at ${words.host} asks to slow down.`;
    return new CrossvaultError('rate_limited', message, { reason: 'slow_down', cause: error });
  }
  if (elsewhere.has(name) || (status !== undefined && status >= 300 && status < 400)) {
    const message = `The server at ${words.host} says that the bucket ${words.bucket} is served elsewhere. Enter the endpoint and region of the bucket itself; redirects are not followed.`;
    return new CrossvaultError('invalid_input', message, { reason: 'bucket_elsewhere', cause: error });
  }
  if (status === undefined || status >= 500 || status === 408) {
    const what =
      status === undefined ? `does not answer (${plain(code ?? name)})` : `answers ${status} ${plain(name)}`;
    const message = `The server at ${words.host} ${what}.`;
    return new CrossvaultError('unavailable', message, { reason: 'bucket_unreachable', cause: error });
  }
  const message = `The server at ${words.host} answered ${status} ${plain(name)}.`;
  return new CrossvaultError('not_eligible', message, { reason: 'server_refuses', cause: error });
}

/** Answers to HEAD have no body that could hold a code. */
function byStatus(name: string, status: number | undefined): Explanation | undefined {
  if (status === 403) return explanations.AccessDenied;
  if (status === 412) return explanations.PreconditionFailed;
  return name === 'NotFound' ? explanations.NoSuchBucket : undefined;
}

const plain = (name: string) => name.replaceAll(/[^\w.-]/g, '').slice(0, 60);
