import { and, eq, ne } from 'drizzle-orm';
import { z } from 'zod';
import { userSessions } from '@/db/schema';
import { notFound } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { lockMyself, myOpenSessions } from './internal';
import { EndSession } from './schemas';

/** Signs the actor out in one place; a copy of that cookie is worth nothing from then on. */
export const endSession = writeVerb({
  action: 'sessions.end',
  permission: 'profile.manage',
  input: EndSession,
  async run({ ctx, tx, input, now, audit }) {
    const me = await lockMyself(tx, ctx);
    const [ended] = await tx
      .update(userSessions)
      .set({ endedAt: now })
      .where(and(myOpenSessions(ctx, me.sessionVersion, now), eq(userSessions.id, input.id)))
      .returning();
    if (!ended) throw notFound('session');
    await audit({
      resourceKind: 'session',
      resourceId: ended.id,
      resourceName: me.email,
      before: { ip: ended.ip, since: ended.createdAt },
    });
    return { endedCount: 1 };
  },
});

/** Signs the actor out everywhere but here. */
export const endOtherSessions = writeVerb({
  action: 'sessions.end_others',
  permission: 'profile.manage',
  input: z.object({}),
  async run({ ctx, tx, now, audit }) {
    const me = await lockMyself(tx, ctx);
    const ended = await tx
      .update(userSessions)
      .set({ endedAt: now })
      .where(and(myOpenSessions(ctx, me.sessionVersion, now), ne(userSessions.id, ctx.sessionId ?? '')))
      .returning({ id: userSessions.id });
    await audit({
      resourceKind: 'user',
      resourceId: me.id,
      resourceName: me.email,
      after: { endedSessions: ended.map(({ id }) => id) },
    });
    return { endedCount: ended.length };
  },
});
