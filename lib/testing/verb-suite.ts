import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { TestDatabase } from '@/db/testing/harness';
import { permissions, type Role } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import type { Verb } from '@/lib/verb';
import { auditOf, type TestAccount, testAccount } from './world';

const roles: Role[] = ['administrator', 'operator', 'auditor'];

export interface WriteVerbCase<In extends z.ZodType, Out> {
  verb: Verb<In, Out>;
  /** Puts rows in place for a fresh account and returns an input that must succeed. May be called several times. */
  arrange(account: TestAccount): Promise<z.input<In>>;
  /** Checks the lasting state: read it from the database, not from `out` alone. */
  check(result: { out: Out; account: TestAccount; input: z.input<In> }): Promise<void> | void;
  /**
   * The same input naming something that exists nowhere. A stranger who sends the original must get the same answer.
   * `null` for a verb whose input names nothing that is anyone's.
   */
  missing: ((input: z.input<In>) => z.input<In>) | null;
  /** Another valid input, for the refusal of a reused idempotency key; `missing` serves when left out. */
  other?: (input: z.input<In>) => z.input<In>;
  /** Expected of the audit row that the verb leaves. */
  audit: { resourceKind: string; resourceId?: (out: Out, input: z.input<In>) => string };
  /** The answer carries a secret that is shown once. */
  isAnswerSecret?: boolean;
}

/** The five guarantees that every write verb owes, as five tests. Call it inside a `*.db.test.ts` file. */
export function describeWriteVerb<In extends z.ZodType, Out>(
  database: TestDatabase,
  subject: WriteVerbCase<In, Out>,
): void {
  const { verb, arrange } = subject;
  const allowed = permissions[verb.permission] as readonly Role[];
  const refused = roles.filter((role) => !allowed.includes(role));
  const actor = allowed[0]!;

  describe(`${verb.action}`, () => {
    test.each(allowed.map((role) => [role]))('works for the role %s', async (role) => {
      const account = await testAccount(database);
      const input = await arrange(account);
      const out = await verb(account.as(role), input);
      await subject.check({ out, account, input });
    });

    test.each(refused.map((role) => [role]))('refuses the role %s and changes nothing', async (role) => {
      const account = await testAccount(database);
      const input = await arrange(account);
      await expect(verb(account.as(role), input)).rejects.toMatchObject({
        code: 'forbidden',
        reason: verb.permission,
      });
      expect(await auditOf(database.owner, account.id)).toHaveLength(0);
    });

    if (subject.missing) strangerTest(database, subject, actor, subject.missing);
    else isolationTest(database, subject, actor);
    repeatTest(database, subject, actor);
    auditTest(database, subject, actor);
  });
}

function strangerTest<In extends z.ZodType, Out>(
  database: TestDatabase,
  { verb, arrange, check }: WriteVerbCase<In, Out>,
  actor: Role,
  missing: (input: z.input<In>) => z.input<In>,
): void {
  test("answers for a stranger's thing as for one that does not exist, and leaves it alone", async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    const input = await arrange(account);
    const theirs = await failure(verb(stranger.as(actor), input));
    const nobodys = await failure(verb(stranger.as(actor), missing(input)));
    expect(theirs).toEqual(nobodys);
    expect(await auditOf(database.owner, account.id)).toHaveLength(0);
    expect(await auditOf(database.owner, stranger.id)).toHaveLength(0);
    await check({ out: await verb(account.as(actor), input), account, input });
  });
}

function isolationTest<In extends z.ZodType, Out>(
  database: TestDatabase,
  { verb, arrange }: WriteVerbCase<In, Out>,
  actor: Role,
): void {
  test('writes in the account of its caller and no other', async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    await verb(stranger.as(actor), await arrange(stranger));
    expect(await auditOf(database.owner, account.id)).toHaveLength(0);
    expect((await auditOf(database.owner, stranger.id)).length).toBeGreaterThan(0);
  });
}

function repeatTest<In extends z.ZodType, Out>(
  database: TestDatabase,
  { verb, arrange, isAnswerSecret, missing, other = missing ?? undefined }: WriteVerbCase<In, Out>,
  actor: Role,
): void {
  test('does a repeated request once, and refuses its key for another one', async () => {
    const account = await testAccount(database);
    const input = await arrange(account);
    const idempotencyKey = randomUUID();
    const first = await verb(account.as(actor, { idempotencyKey }), input);
    const rows = await auditOf(database.owner, account.id);
    const again = verb(account.as(actor, { idempotencyKey }), input);
    if (isAnswerSecret) await expect(again).rejects.toMatchObject({ reason: 'secret_shown_once' });
    else expect(await again).toEqual(JSON.parse(JSON.stringify(first)));
    if (other) {
      const reused = verb(account.as(actor, { idempotencyKey }), other(input));
      await expect(reused).rejects.toMatchObject({
        code: 'state_conflict',
        reason: 'idempotency_key_reused',
      });
    }
    expect(await auditOf(database.owner, account.id)).toEqual(rows);
  });
}

function auditTest<In extends z.ZodType, Out>(
  database: TestDatabase,
  { verb, arrange, audit }: WriteVerbCase<In, Out>,
  actor: Role,
): void {
  test('leaves an audit row that names who did what to which thing', async () => {
    const account = await testAccount(database);
    const input = await arrange(account);
    const ctx = account.as(actor, { ip: '192.0.2.7' });
    const out = await verb(ctx, input);
    const rows = await auditOf(database.owner, account.id);
    const expected = {
      action: verb.action,
      actorId: ctx.actor.id,
      actorName: ctx.actor.name,
      ip: '192.0.2.7',
      requestId: ctx.requestId,
      resourceKind: audit.resourceKind,
      ...(audit.resourceId && { resourceId: audit.resourceId(out, input) }),
    };
    expect(rows).toContainEqual(expect.objectContaining(expected));
  });
}

/** What a caller can tell of a refusal. */
async function failure(answer: Promise<unknown>) {
  const error = await answer.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CrossvaultError)) throw new Error('expected a refusal', { cause: error });
  const { code, message, reason, fields } = error;
  return { code, message, reason, fields };
}
