import { type CrossvaultError, type ErrorCode, errorCodes } from '@/lib/errors';
import { toErrorDetail } from './error-body';

/** What each code means at the HTTP door; OpenAPI lists these. */
export const httpMeanings: Record<ErrorCode, string> = {
  invalid_input: 'The input does not fit; `fields` says where.',
  unauthenticated: 'No session or access key, or one that no longer holds.',
  forbidden: 'The role may not do this, or the request came from another site.',
  not_found: 'It does not exist, or it belongs to another account.',
  state_conflict: 'It is not in a state that allows this.',
  already_exists: 'The name is taken.',
  quota_exceeded: 'The account has reached a limit.',
  not_eligible: 'A rule refuses it; `reason` says which.',
  locked: 'The vault is locked.',
  expired: 'It was valid and is no more.',
  key_unavailable: 'The encryption key is disabled or destroyed.',
  rate_limited: 'Too many attempts; wait and try again.',
  storage_unavailable: 'The storage does not answer; try again.',
  unavailable: 'A part of Crossvault does not answer; try again.',
  corrupt_data: 'Stored bytes do not match what was written.',
  internal: 'A fault of Crossvault; `reference` names its log line.',
};

export function toErrorResponse(error: CrossvaultError): Response {
  const { httpStatus, retryable } = errorCodes[error.code];
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  if (retryable) headers['retry-after'] = '5';
  if (error.code === 'unauthenticated') headers['www-authenticate'] = 'Bearer realm="crossvault"';
  return Response.json({ error: toErrorDetail(error) }, { status: httpStatus, headers });
}
