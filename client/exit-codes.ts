import { CommanderError } from 'commander';
import { ZodError } from 'zod';
import { CrossvaultError, errorCodes } from '@/lib/errors';

/** Told by 128 + SIGINT, as shells do. */
export const interruptedExitCode = 130;

/** Maps what a command failed with to its exit code, and says on stderr what happened and what to do. */
export function reportFailure(error: unknown, write: (text: string) => void): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : errorCodes.invalid_input.exitCode;
  if (error instanceof CrossvaultError) {
    write(`crossvault: ${error.message}\n`);
    for (const [field, message] of Object.entries(error.fields ?? {})) write(`  ${field}: ${message}\n`);
    return errorCodes[error.code].exitCode;
  }
  if (error instanceof ZodError) {
    write(
      'crossvault: The gateway gave an answer this client does not understand. Nothing was changed; bring client and server to the same version.\n',
    );
    return errorCodes.internal.exitCode;
  }
  const { code, message } = error as NodeJS.ErrnoException;
  write(
    `crossvault: Something failed that should not: ${code ? `${code}, ` : ''}${message}. What was already backed up is safe.\n`,
  );
  if (process.env.CROSSVAULT_DEBUG) write(`${(error as Error).stack}\n`);
  return errorCodes.internal.exitCode;
}
