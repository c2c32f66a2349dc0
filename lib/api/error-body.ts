import { z } from 'zod';
import { type CrossvaultError, type ErrorCode, errorCodes } from '@/lib/errors';

const codes = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];

/** What every door answers instead of a result. `message` is written for the user. */
export const ErrorDetail = z.object({
  code: z.enum(codes),
  message: z.string(),
  /** Stable inside the code, for programs. */
  reason: z.string().optional(),
  /** Messages by input field, as a dotted path. */
  fields: z.record(z.string(), z.string()).optional(),
  /** For `internal`: names the line in the server's log that holds the cause. */
  reference: z.string().optional(),
});
export type ErrorDetail = z.infer<typeof ErrorDetail>;
export const ErrorBody = z.object({ error: ErrorDetail });

export function toErrorDetail({ code, message, reason, fields, reference }: CrossvaultError): ErrorDetail {
  return { code, message, reason, fields, reference };
}
