import { CrossvaultError, type ErrorCode } from '@/lib/errors';

const fatalCodes = new Set<ErrorCode>([
  'unauthenticated',
  'forbidden',
  'key_unavailable',
  'unavailable',
  'storage_unavailable',
  'rate_limited',
]);
const fatalReasons = new Set(['attempt_superseded', 'job_not_running', 'larger_than_declared']);
const fullDisk = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

/** Whether an error ends the whole restore instead of one entry. What nobody foresaw does. */
export function isFatal(error: unknown, signal: AbortSignal): boolean {
  if (signal.aborted) return true;
  if (error instanceof CrossvaultError)
    return fatalCodes.has(error.code) || (error.reason !== undefined && fatalReasons.has(error.reason));
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined || fullDisk.has(code ?? '');
}

/** The error as the one who started the restore should read it. */
export function explainFatal(error: unknown, targetPath: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof CrossvaultError || !fullDisk.has(code ?? '')) return error;
  const what = code === 'EROFS' ? 'is on a read-only filesystem' : 'has no space left';
  return new CrossvaultError(
    'state_conflict',
    `${targetPath} ${what}. The files restored so far are complete; make room and restore again, skipping what exists.`,
    { reason: 'target_full', cause: error },
  );
}
