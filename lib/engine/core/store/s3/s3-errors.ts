import { CrossvaultError } from '@/lib/errors';
import { objectMissing } from '../object-names';

interface ServiceError {
  name?: string;
  message?: string;
  $metadata?: { httpStatusCode?: number };
}

export function statusOf(error: unknown): number | undefined {
  return (error as ServiceError)?.$metadata?.httpStatusCode;
}

/** The object itself is not there; a bucket that is missing is another matter. */
export function isMissing(error: unknown): boolean {
  const { name } = error as ServiceError;
  return name === 'NoSuchKey' || name === 'NotFound' || (statusOf(error) === 404 && name !== 'NoSuchBucket');
}

/** A put that was told to write only what is not there. */
export function isThere(error: unknown): boolean {
  return statusOf(error) === 412;
}

/** The error of a request in our words. Answers of the server are named; addresses and keys are not. */
export function explain(error: unknown, what: string, object: string): CrossvaultError {
  if (error instanceof CrossvaultError) return error;
  if (isMissing(error)) return objectMissing(object, error);
  const { name = 'Error' } = error as ServiceError;
  const status = statusOf(error);
  const code = (error as NodeJS.ErrnoException).code;
  const why =
    name === 'NoSuchBucket'
      ? 'the bucket does not exist'
      : status === 403
        ? `the server refuses the credentials (${name})`
        : status
          ? `the server answered ${status} ${name}`
          : `the server did not answer (${code ?? name})`;
  return new CrossvaultError('storage_unavailable', `The bucket could not ${what}: ${why}.`, {
    cause: error,
  });
}
