import { eq } from 'drizzle-orm';
import { users } from '@/db/schema';
import { writeVerb } from '@/lib/verb';
import { lockMyself } from './internal';
import { UpdateProfile } from './schemas';

export const updateProfile = writeVerb({
  action: 'profile.update',
  permission: 'profile.manage',
  input: UpdateProfile,
  async run({ ctx, tx, input, audit }) {
    const me = await lockMyself(tx, ctx);
    await tx.update(users).set({ name: input.name }).where(eq(users.id, me.id));
    await audit({
      resourceKind: 'user',
      resourceId: me.id,
      resourceName: me.email,
      before: { name: me.name },
      after: { name: input.name },
    });
    return { id: me.id, name: input.name, email: me.email };
  },
});
