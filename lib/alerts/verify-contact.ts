import { timingSafeEqual } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { alertContacts } from '@/db/schema';
import { CrossvaultError } from '@/lib/errors';
import { thenOutside, writeVerb } from '@/lib/verb';
import { type ContactRow, hashCode, loadContactForUpdate, toAlertContact } from './internal';
import { codeGuesses } from './rules';
import { type AlertContact, VerifyAlertContact } from './schemas';

/** Proves an e-mail address by the code that was sent there. A wrong code counts, whatever becomes of the request. */
const checkCode = writeVerb({
  action: 'alerts.verify_contact',
  permission: 'alerts.manage',
  input: VerifyAlertContact,
  async run({ tx, input, now, audit }): Promise<AlertContact | 'wrong'> {
    const contact = await loadContactForUpdate(tx, input.id);
    requireOpenCode(contact, now);
    const isRight = timingSafeEqual(hashCode(contact.id, input.code), contact.codeHash!);
    const change = isRight
      ? { verifiedAt: now, codeHash: null, codeExpiresAt: null, codeFailures: 0 }
      : { codeFailures: sql`${alertContacts.codeFailures} + 1` };
    await tx.update(alertContacts).set(change).where(eq(alertContacts.id, contact.id));
    await audit({
      resourceKind: 'alert_contact',
      resourceId: contact.id,
      resourceName: contact.name,
      after: { isVerified: isRight },
    });
    return isRight ? toAlertContact(await loadContactForUpdate(tx, contact.id)) : 'wrong';
  },
});

/** The wrong guess is kept before it is refused: an error inside the transaction would forget it. */
export const verifyAlertContact = thenOutside(checkCode, async (_ctx, found): Promise<AlertContact> => {
  if (found !== 'wrong') return found;
  throw new CrossvaultError('invalid_input', 'This is not the code that was sent. Nothing was changed.', {
    fields: { code: 'Another code than the one that was sent.' },
    reason: 'wrong_code',
  });
});

function requireOpenCode(contact: ContactRow, now: Date): void {
  if (contact.verifiedAt) {
    throw new CrossvaultError('state_conflict', 'This contact has been confirmed already.', {
      reason: 'already_verified',
    });
  }
  if (contact.kind === 'webhook') {
    throw new CrossvaultError(
      'not_eligible',
      'A webhook is confirmed by its answer to a message, not by a code. Send the message again.',
      { reason: 'no_code' },
    );
  }
  const isOver = !contact.codeHash || !contact.codeExpiresAt || contact.codeExpiresAt <= now;
  if (isOver || contact.codeFailures >= codeGuesses) {
    throw new CrossvaultError('expired', 'This code can no longer be used. Send another one.', {
      reason: 'code_expired',
    });
  }
}
