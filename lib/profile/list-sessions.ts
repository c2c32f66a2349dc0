import { desc } from 'drizzle-orm';
import { z } from 'zod';
import { userSessions } from '@/db/schema';
import { readVerb } from '@/lib/verb';
import { lockMyself, myOpenSessions } from './internal';
import type { Session } from './schemas';

/** Where the actor is signed in, this session first. */
export const listSessions = readVerb({
  action: 'sessions.list',
  permission: 'profile.manage',
  input: z.object({}),
  async run({ ctx, tx, now }): Promise<{ items: Session[] }> {
    const me = await lockMyself(tx, ctx);
    const rows = await tx
      .select()
      .from(userSessions)
      .where(myOpenSessions(ctx, me.sessionVersion, now))
      .orderBy(desc(userSessions.createdAt), desc(userSessions.id));
    const items = rows.map((row) => ({
      id: row.id,
      isCurrent: row.id === ctx.sessionId,
      ip: row.ip,
      userAgent: row.userAgent,
      createdAt: row.createdAt.toISOString(),
      lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
      expiresAt: row.expiresAt.toISOString(),
    }));
    return { items: items.sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent)) };
  },
});
