import type { ErrorCode } from '@/lib/errors';

/**
 * Where a form shows a refusal: `fields` beside the inputs it names; `form` above the form, which keeps its values so
 * that the user can mend and send again; `page` instead of the form, because sending again cannot help; `sign_in` by
 * asking the user to sign in.
 */
export type FormErrorPlace = 'fields' | 'form' | 'page' | 'sign_in';

export const formErrorPlaces: Record<ErrorCode, FormErrorPlace> = {
  invalid_input: 'fields',
  unauthenticated: 'sign_in',
  forbidden: 'page',
  not_found: 'page',
  state_conflict: 'form',
  already_exists: 'fields',
  quota_exceeded: 'form',
  not_eligible: 'form',
  locked: 'form',
  expired: 'page',
  key_unavailable: 'form',
  rate_limited: 'form',
  storage_unavailable: 'form',
  unavailable: 'form',
  corrupt_data: 'form',
  internal: 'form',
};
