import { and, eq, lt } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { clients, sourceQuestions } from '@/db/schema';
import { type Context, newId } from '@/lib/context';
import { invariant } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { toQuestion } from './get-question';
import {
  type ClientRow,
  findServingClient,
  kindOf,
  lockSource,
  readSecret,
  requireRegistered,
} from './internal';
import { requireRegistrable } from './kind-rules';
import {
  AskDestination,
  AskedAbout,
  BrowseSource,
  CheckSource,
  type Question,
  type QuestionKind,
  SourceConfig,
} from './schemas';
import { sealForEngine } from './source-secrets';

const questionSeconds = 60;
const keptMinutes = 10;

interface Asked {
  client: Pick<ClientRow, 'id'>;
  ask: QuestionKind;
  about: z.input<typeof AskedAbout>;
  /** Of a source that is not registered yet. */
  secret?: unknown;
  now: Date;
}

/** Puts a question to the client that serves a source: it comes with the heartbeat that is waiting, or with the next one. */
export async function askAbout(tx: Tx, ctx: Context, asked: Asked): Promise<Question> {
  const { client, ask, about, secret = null, now } = asked;
  const { accountId } = ctx;
  const id = newId('sq');
  const old = new Date(now.getTime() - keptMinutes * 60_000);
  await tx
    .delete(sourceQuestions)
    .where(and(eq(sourceQuestions.accountId, accountId), lt(sourceQuestions.expiresAt, old)));
  const question = {
    accountId,
    id,
    clientId: client.id,
    sourceId: about.source?.id ?? null,
    ask,
    body: AskedAbout.parse(about),
    sealed: secret === null ? null : await sealForEngine(tx, { accountId, id }, secret),
    createdBy: ctx.actor.name,
    askedAt: now,
    expiresAt: new Date(now.getTime() + questionSeconds * 1000),
  };
  await tx.insert(sourceQuestions).values(question);
  return toQuestion({ ...question, answer: null, error: null, answeredAt: null }, now);
}

type About = z.output<typeof CheckSource>['source'];

/** Who answers about it, and what they are told. */
async function locate(
  tx: Tx,
  accountId: string,
  about: About,
): Promise<{ client: ClientRow; source: NonNullable<AskedAbout['source']>; secret: unknown }> {
  if ('id' in about) {
    const row = await lockSource(tx, accountId, about.id);
    requireRegistered(row);
    const [client] = await tx.select().from(clients).where(eq(clients.id, row.clientId));
    invariant(client, "a source's client exists");
    const { id, kind, name, region } = row;
    return {
      client,
      source: { id, kind, name, region, config: SourceConfig.parse(row.config) },
      secret: null,
    };
  }
  const { config } = about;
  const client = await findServingClient(tx, accountId, config, about);
  await requireRegistrable(tx, accountId, client.region, config);
  const name = kindOf(config).defaultName(config);
  const source = { id: null, kind: config.kind, name, region: client.region, config };
  return { client, source, secret: readSecret(config, about.secret) };
}

/** What a repeated request is known by. */
const withoutSecrets = <T extends { source: About }>(input: T): unknown =>
  'id' in input.source ? input : { ...input, source: { ...input.source, secret: null } };

function entryOf({ id, kind, name, region, config }: NonNullable<AskedAbout['source']>) {
  return {
    resourceKind: 'data_source',
    resourceId: id ?? 'unregistered',
    resourceName: name,
    after: { kind, region, config },
  };
}

/** Whether a source can be reached and read. For a registered one, what is found stays with it. */
export const checkSource = writeVerb({
  action: 'sources.check',
  permission: 'sources.manage',
  input: CheckSource,
  withoutSecrets,
  async run({ ctx, tx, input, now, audit }) {
    const { client, source, secret } = await locate(tx, ctx.accountId, input.source);
    await audit(entryOf(source));
    return askAbout(tx, ctx, { client, ask: 'check', about: { source }, secret, now });
  },
});

/** One page of what a source holds below a path. */
export const browseSource = writeVerb({
  action: 'sources.browse',
  permission: 'sources.manage',
  input: BrowseSource,
  withoutSecrets,
  async run({ ctx, tx, input: { path, cursor = null, ...input }, now, audit }) {
    const { client, source, secret } = await locate(tx, ctx.accountId, input.source);
    const told = entryOf(source);
    await audit({ ...told, after: { ...told.after, path } });
    return askAbout(tx, ctx, { client, ask: 'list', about: { source, path, cursor }, secret, now });
  },
});

/** Whether a restore to a path of a source could begin: what the wizard asks before it goes on. */
export const askDestination = writeVerb({
  action: 'sources.ask_destination',
  permission: 'sources.manage',
  input: AskDestination,
  withoutSecrets,
  async run({ ctx, tx, input: { path, ...input }, now, audit }) {
    const { client, source, secret } = await locate(tx, ctx.accountId, input.source);
    const told = entryOf(source);
    await audit({ ...told, after: { ...told.after, path } });
    return askAbout(tx, ctx, { client, ask: 'destination', about: { source, path }, secret, now });
  },
});
