import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { CrossvaultError, errorCodes } from '@/lib/errors';
import { translateDatabaseError } from '@/lib/verb';
import type { ErrorBody } from '../wire';
import { sendJson } from './http';
import { ChunksMissingError } from './verify-tree';

/** Answers with a known error, or with a reference under which an unknown one was logged; never with its text. */
export function sendError(response: ServerResponse, error: unknown, log: Logger): void {
  const told = translateDatabaseError(error);
  const known = told instanceof CrossvaultError ? told : unknownError(error, log);
  const { httpStatus } = errorCodes[known.code];
  if (known.code === 'corrupt_data' || known.code === 'storage_unavailable') {
    log.error({ err: known, cause: known.cause }, 'storage trouble');
  }
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const detail: z.infer<typeof ErrorBody>['error'] = { code: known.code, message: known.message };
  if (known.reason) detail.reason = known.reason;
  if (known.fields) detail.fields = known.fields;
  if (known instanceof ChunksMissingError) detail.missing = [...known.missing];
  // The rest of a refused body is not read; the connection ends with the answer.
  if (!response.req.complete) response.setHeader('connection', 'close');
  sendJson(response, { error: detail }, known.reason === 'body_too_long' ? 413 : httpStatus);
}

function unknownError(error: unknown, log: Logger): CrossvaultError {
  const reference = randomUUID().slice(0, 8);
  log.error({ err: error, reference }, 'unexpected error');
  return new CrossvaultError('internal', `Something went wrong in the engine (reference ${reference}).`, {
    cause: error,
  });
}
