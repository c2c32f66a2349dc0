import type { ErrorDetail } from './error-body';

/** What a server action answers; a refusal is a value, because thrown errors lose their text on the way to a browser. */
export type ActionResult<T> = { ok: true; data: T } | { ok: false; error: ErrorDetail };
