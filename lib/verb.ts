import { createHash } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import { inAccount, type Tx } from '@/db/client';
import { accounts, auditEvents, idempotencyKeys } from '@/db/schema';
import { type Activity, findStateRefusal } from './account-states';
import { authorise, type Context, type Permission } from './context';
import { CrossvaultError, type ErrorCode, invariant } from './errors';
import { activities } from './permissions';

/** One thing that changed. `before` and `after` hold what a reader of the audit needs; never a secret. */
export interface AuditEntry {
  resourceKind: string;
  resourceId: string;
  resourceName?: string;
  before?: unknown;
  after?: unknown;
}

export interface WriteArgs<Input> {
  ctx: Context;
  tx: Tx;
  input: Input;
  now: Date;
  audit(entry: AuditEntry): Promise<void>;
}

export interface Verb<In extends z.ZodType, Out> {
  (ctx: Context, input: z.input<In>): Promise<Out>;
  readonly action: string;
  readonly permission: Permission;
  /** What the state of the account decides by. */
  readonly activity: Activity;
  readonly input: In;
  readonly kind: 'read' | 'write';
}

interface Definition<In extends z.ZodType, Out> {
  action: string;
  permission: Permission;
  /** When it is about something else than its permission: leaving a share is no sharing. */
  activity?: Activity;
  input: In;
  /** The input without what must leave no trace: a repeated request is known by the rest. */
  withoutSecrets?(input: z.output<In>): unknown;
  /** The answer holds a secret that is shown once: it is not kept, and a repeated request is told so. */
  isAnswerSecret?: boolean;
  run(args: WriteArgs<z.output<In>>): Promise<Out>;
}

/**
 * A write of the domain, in the one order: authorise → parse → transaction → load, rule, write (in `run`) → audit →
 * return. `run` must audit at least once, and touches nothing outside the database. With an idempotency key in the
 * context, a repeated request gets the first one's answer; the same key with another input is refused.
 */
export function writeVerb<In extends z.ZodType, Out>(definition: Definition<In, Out>): Verb<In, Out> {
  const activity = definition.activity ?? activities[definition.permission];
  const verb = async (ctx: Context, raw: z.input<In>): Promise<Out> => {
    authorise(ctx, definition.permission);
    const input = parseInput(definition.input, raw);
    try {
      return await inAccount(ctx.db, ctx.accountId, async (tx) => {
        const repeated = await claimIdempotencyKey<Out>(
          ctx,
          tx,
          definition.action,
          definition.withoutSecrets?.(input) ?? input,
        );
        if (repeated) return repeated.response;
        await requireAllowed(tx, ctx.accountId, activity);
        let audited = 0;
        const out = await definition.run({
          ctx,
          tx,
          input,
          now: ctx.clock.now(),
          audit: async (entry) => {
            audited += 1;
            await writeAudit(ctx, tx, definition.action, entry);
          },
        });
        invariant(audited > 0, `${definition.action} wrote without an audit row`);
        await settleIdempotencyKey(
          ctx,
          tx,
          definition.action,
          definition.isAnswerSecret ? withheld : { out },
        );
        return out;
      });
    } catch (error) {
      throw translateDatabaseError(error);
    }
  };
  return Object.assign(verb, {
    action: definition.action,
    permission: definition.permission,
    activity,
    input: definition.input,
    kind: 'write' as const,
  });
}

/** A read of the domain: authorise → parse → one transaction behind the walls. */
export function readVerb<In extends z.ZodType, Out>(
  definition: Omit<Definition<In, Out>, 'run' | 'isAnswerSecret' | 'activity' | 'withoutSecrets'> & {
    run(args: Omit<WriteArgs<z.output<In>>, 'audit'>): Promise<Out>;
  },
): Verb<In, Out> {
  const verb = async (ctx: Context, raw: z.input<In>): Promise<Out> => {
    authorise(ctx, definition.permission);
    const input = parseInput(definition.input, raw);
    return inAccount(ctx.db, ctx.accountId, (tx) => definition.run({ ctx, tx, input, now: ctx.clock.now() }));
  };
  return Object.assign(verb, {
    action: definition.action,
    permission: definition.permission,
    activity: 'read' as const,
    input: definition.input,
    kind: 'read' as const,
  });
}

/**
 * A verb whose answer needs something outside the database. `outside` runs when the verb's transaction has ended, so
 * that no connection is held while something else answers.
 */
export function thenOutside<In extends z.ZodType, Found, Out>(
  verb: Verb<In, Found>,
  outside: (ctx: Context, found: Found, input: z.output<In>) => Promise<Out>,
): Verb<In, Out> {
  const whole = async (ctx: Context, raw: z.input<In>): Promise<Out> =>
    outside(ctx, await verb(ctx, raw), parseInput(verb.input, raw));
  const { action, permission, activity, input, kind } = verb;
  return Object.assign(whole, { action, permission, activity, input, kind });
}

/** @throws `not_eligible` when the state of the account does not allow this now. */
export async function requireAllowed(tx: Tx, accountId: string, activity: Activity): Promise<void> {
  const [account] = await tx
    .select({ state: accounts.state })
    .from(accounts)
    .where(eq(accounts.accountId, accountId));
  invariant(account, 'an account that acts exists');
  const refusal = findStateRefusal(account.state, activity);
  if (refusal) throw new CrossvaultError('not_eligible', refusal.message, { reason: refusal.reason });
}

export function parseInput<In extends z.ZodType>(schema: In, raw: unknown): z.output<In> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const fields: Record<string, string> = {};
  for (const issue of parsed.error.issues) fields[issue.path.join('.')] ??= issue.message;
  throw new CrossvaultError('invalid_input', 'Some fields need another value. Nothing was changed.', {
    fields,
  });
}

export async function writeAudit(ctx: Context, tx: Tx, action: string, entry: AuditEntry): Promise<void> {
  await tx.insert(auditEvents).values({
    accountId: ctx.accountId,
    at: ctx.clock.now(),
    actorKind: ctx.actor.kind,
    actorId: ctx.actor.id,
    actorName: ctx.actor.name,
    action,
    ip: ctx.ip,
    requestId: ctx.requestId,
    ...entry,
  });
}

async function claimIdempotencyKey<Out>(
  ctx: Context,
  tx: Tx,
  verb: string,
  input: unknown,
): Promise<{ response: Out } | null> {
  if (!ctx.idempotencyKey) return null;
  const requestSha256 = createHash('sha256').update(JSON.stringify(input)).digest();
  const key = { accountId: ctx.accountId, verb, token: ctx.idempotencyKey };
  const claimed = await tx
    .insert(idempotencyKeys)
    .values({ ...key, requestSha256 })
    .onConflictDoNothing()
    .returning({ token: idempotencyKeys.token });
  if (claimed.length > 0) return null;
  const [earlier] = await tx
    .select()
    .from(idempotencyKeys)
    .where(
      and(
        eq(idempotencyKeys.accountId, key.accountId),
        eq(idempotencyKeys.verb, verb),
        eq(idempotencyKeys.token, key.token),
      ),
    );
  invariant(earlier, 'a conflicting idempotency key exists');
  if (!earlier.requestSha256.equals(requestSha256)) {
    throw new CrossvaultError(
      'state_conflict',
      'This idempotency key was used for another request. Send a new key.',
      {
        reason: 'idempotency_key_reused',
      },
    );
  }
  const answer = earlier.response as { out: Out } | typeof withheld;
  if ('withheld' in answer) {
    throw new CrossvaultError(
      'state_conflict',
      'This was already done, and its secret was shown then. Create another one.',
      {
        reason: 'secret_shown_once',
      },
    );
  }
  return { response: answer.out };
}

const withheld = { withheld: true };

async function settleIdempotencyKey(ctx: Context, tx: Tx, verb: string, response: unknown): Promise<void> {
  if (!ctx.idempotencyKey) return;
  await tx
    .update(idempotencyKeys)
    .set({ response })
    .where(
      and(
        eq(idempotencyKeys.accountId, ctx.accountId),
        eq(idempotencyKeys.verb, verb),
        eq(idempotencyKeys.token, ctx.idempotencyKey),
      ),
    );
}

const diskRefusals: Record<string, { code: ErrorCode; message: string; reason: string }> = {
  CV060: {
    code: 'quota_exceeded',
    message: 'The vault is full. Raise its capacity, let it expand by itself, or delete backups of it.',
    reason: 'vault_capacity_exceeded',
  },
  CV061: {
    code: 'not_eligible',
    message: 'Whether a disk or a backup is encrypted, and where it lies, cannot be changed.',
    reason: 'encryption_is_fixed',
  },
  CV062: { code: 'not_eligible', message: 'A disk cannot be made smaller.', reason: 'disk_shrinks' },
  CV063: {
    code: 'state_conflict',
    message: 'Disks move only between servers of one region that are stopped.',
    reason: 'disk_in_use',
  },
};

/** Constraints that the database holds, as the errors a user can act on. */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof CrossvaultError) return error;
  const cause = (error instanceof Error && error.cause ? error.cause : error) as {
    code?: string;
    constraint_name?: string;
  };
  if (cause?.code === 'CV001') {
    return new CrossvaultError('locked', 'The vault is locked: its backup points stay until they expire.', {
      cause: error,
    });
  }
  if (cause?.code === 'CV002') {
    return new CrossvaultError(
      'state_conflict',
      'This vault takes part in a replication. Stop the replication first.',
      {
        cause: error,
        reason: 'replication_active',
      },
    );
  }
  if (cause?.code === 'CV030') {
    return new CrossvaultError('state_conflict', 'This backup point cannot be archived now.', {
      cause: error,
      reason: 'not_archivable',
    });
  }
  if (cause?.code === 'CV011') {
    return new CrossvaultError('not_eligible', 'A vault of this kind does not take this kind of source.', {
      cause: error,
      reason: 'vault_takes_other_sources',
    });
  }
  if (cause?.code === 'CV016') {
    return new CrossvaultError('not_eligible', 'HANA starts its backups itself. Nothing was started.', {
      cause: error,
      reason: 'hana_starts_backups',
    });
  }
  if (cause?.code === 'CV012') {
    return new CrossvaultError('expired', 'The trial of this vault has ended: it takes no new backups.', {
      cause: error,
      reason: 'trial_ended',
    });
  }
  if (cause?.code === 'CV020') {
    return new CrossvaultError(
      'not_eligible',
      'The state of an account has just changed and does not allow this any more. Nothing was changed.',
      { cause: error, reason: 'account_inactive' },
    );
  }
  if (cause?.code === 'CV005') {
    return new CrossvaultError(
      'state_conflict',
      'The resource directory or the share has just changed. Nothing was done. Look again.',
      { cause: error, reason: 'directory_changed' },
    );
  }
  if (cause?.code === 'CV006') {
    return new CrossvaultError(
      'not_eligible',
      'A replication target vault takes copies only, and no backups.',
      {
        cause: error,
        reason: 'replication_target_takes_no_backups',
      },
    );
  }
  if (cause?.code === 'CV022') {
    return new CrossvaultError(
      'not_eligible',
      'This is the last active administrator. Make another user administrator first.',
      { cause: error, reason: 'last_administrator' },
    );
  }
  if (cause?.code === 'CV014') {
    return new CrossvaultError(
      'state_conflict',
      'A key is destroyed after its waiting time of 7 to 30 days only.',
      {
        cause: error,
        reason: 'key_deletion_waits',
      },
    );
  }
  if (cause?.code === 'CV015') {
    return new CrossvaultError(
      'key_unavailable',
      'The key of this vault cannot be used. No backup point was made.',
      {
        cause: error,
        reason: 'key_unavailable',
      },
    );
  }
  const ofDisks = diskRefusals[cause?.code ?? ''];
  if (ofDisks)
    return new CrossvaultError(ofDisks.code, ofDisks.message, { cause: error, reason: ofDisks.reason });
  if (cause?.constraint_name === 'quota_exceeded') {
    return new CrossvaultError(
      'quota_exceeded',
      'The account has reached its limit for vaults of this kind. Delete one first.',
      {
        cause: error,
      },
    );
  }
  return error;
}
