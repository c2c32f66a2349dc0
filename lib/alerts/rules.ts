import { requirePublicHost } from '@/lib/engine/core/private-addresses';
import { CrossvaultError } from '@/lib/errors';

export const codeMinutes = 30;
/** A code of six digits is worth guessing; after so many wrong ones another has to be sent. */
export const codeGuesses = 5;
/** How often a check or a test may be asked for. */
export const sendAgainSeconds = 60;

const minute = 60_000;
const retries = [1, 5, 15, 60, 180, 360, 720].map((minutes) => minutes * minute);

/** How long to wait after the given number of failed attempts; null: no more of them, a day has passed. */
export function retryDelayMs(attempts: number): number | null {
  return retries[attempts - 1] ?? null;
}

/** Refuses a webhook that is not worth a secret: in the clear, or into the operator's own network. */
export function checkWebhookAddress(address: string, allowsPrivateEndpoints: boolean): void {
  if (allowsPrivateEndpoints) return;
  const url = new URL(address);
  if (url.protocol !== 'https:') throw refused('Enter an address that begins with https://.');
  if (url.username || url.password)
    throw refused('Leave user and password out: messages are signed instead.');
  try {
    requirePublicHost(url.hostname);
  } catch (error) {
    throw refused(
      'This address lies on this machine or in a private network. The operator can allow those with CROSSVAULT_ALLOW_PRIVATE_ENDPOINTS.',
      error,
    );
  }
}

function refused(why: string, cause?: unknown): CrossvaultError {
  return new CrossvaultError('invalid_input', 'This webhook cannot be used. Nothing was changed.', {
    fields: { address: why },
    reason: 'webhook_address',
    cause,
  });
}
