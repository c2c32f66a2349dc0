import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { z } from 'zod';
import { violates } from '@/db/violations';
import { hashPassword, newAccountUid } from '@/lib/accounts';
import { newId } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { chooseFolder, getMember, lockManagedDirectory, requireDirectory } from './internal';
import { type CreatedMember, CreateMember } from './schemas';

/** Opens a new account inside the directory. Its first administrator's password is in the answer and nowhere else. */
export const createMember = writeVerb({
  action: 'directory.create_member',
  permission: 'directory.manage',
  input: CreateMember,
  isAnswerSecret: true,
  async run({ ctx, tx, input, audit }): Promise<z.output<typeof CreatedMember>> {
    await lockManagedDirectory(tx, ctx.accountId);
    const folder = chooseFolder(await requireDirectory(tx, ctx.accountId), input.folderId);
    const { administrator } = input;
    const [accountId, password] = [newAccountUid(), randomBytes(15).toString('base64url')];
    const hash = await hashPassword(password);
    try {
      await tx.execute(sql`select create_member_account(${accountId}, ${input.name}, ${newId('rg')}, ${newId('u')},
        ${administrator.email}, ${administrator.name}, ${hash}, ${folder.id})`);
    } catch (error) {
      if (!violates(error, 'users_email_key')) throw error;
      throw new CrossvaultError('already_exists', 'There is a user with this e-mail already.', {
        fields: { 'administrator.email': 'An e-mail belongs to one user. Use another one.' },
        reason: 'email_taken',
      });
    }
    await audit({
      resourceKind: 'directory_member',
      resourceId: accountId,
      resourceName: input.name,
      after: { folderId: folder.id, administrator: administrator.email },
    });
    return {
      member: getMember(await requireDirectory(tx, ctx.accountId), accountId),
      administrator: { ...administrator, role: 'administrator', password },
    };
  },
});
