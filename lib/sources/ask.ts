import { and, eq, lt } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { clients, sourceQuestions } from '@/db/schema';
import { requireClient } from '@/lib/clients';
import { type Context, newId } from '@/lib/context';
import { CrossvaultError, invariant, notFound } from '@/lib/errors';
import { type AuditEntry, writeVerb } from '@/lib/verb';
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
  isHostFiles,
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
  /** The source that keeps what a check found, where it is not named by what is asked about. */
  sourceId?: string | null;
  /** Of a source that is not registered yet. */
  secret?: unknown;
  now: Date;
}

/** Puts a question to the client that serves a source: it comes with the heartbeat that is waiting, or with the next one. */
export async function askAbout(tx: Tx, ctx: Context, asked: Asked): Promise<Question> {
  const { client, ask, about, sourceId = about.source?.id ?? null, secret = null, now } = asked;
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
    sourceId,
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

interface Located {
  client: ClientRow;
  /** What the client is told; null for the own files of its host. */
  source: AskedAbout['source'];
  sourceId: string | null;
  secret: unknown;
}

/** Who answers about it, and what they are told. */
async function locate(tx: Tx, accountId: string, about: About): Promise<Located> {
  if ('id' in about) return locateKnown(tx, accountId, about.id);
  if (!('config' in about)) {
    const client = requireOwnHost(await requireClient(tx, accountId, about.clientId));
    return { client, source: null, sourceId: null, secret: null };
  }
  const { config } = about;
  const client = await findServingClient(tx, accountId, config, about);
  await requireRegistrable(tx, accountId, client.region, config);
  const name = kindOf(config).defaultName(config);
  const source = { id: null, kind: config.kind, name, region: client.region, config };
  return { client, source, sourceId: null, secret: readSecret(config, about.secret) };
}

async function locateKnown(tx: Tx, accountId: string, sourceId: string): Promise<Located> {
  const row = await lockSource(tx, accountId, sourceId);
  const isOwn = isHostFiles(row.kind);
  if (!isOwn) requireRegistered(row);
  const [client] = await tx.select().from(clients).where(eq(clients.id, row.clientId));
  invariant(client, "a source's client exists");
  if (isOwn) return { client: requireOwnHost(client), source: null, sourceId, secret: null };
  const { id, kind, name, region } = row;
  return {
    client,
    source: { id, kind, name, region, config: SourceConfig.parse(row.config) },
    sourceId,
    secret: null,
  };
}

/** A host that can still be asked about its own files. */
function requireOwnHost(client: ClientRow): ClientRow {
  if (client.placement === 'region') throw notFound('client');
  if (!client.revokedAt) return client;
  const why = 'This client was revoked. Enrol the host again to look at its files.';
  throw new CrossvaultError('not_eligible', why, { reason: 'client_revoked', fields: { clientId: why } });
}

/** What a repeated request is known by. */
const withoutSecrets = <T extends { source: About }>(input: T): unknown =>
  'id' in input.source ? input : { ...input, source: { ...input.source, secret: null } };

function entryOf({ client, source, sourceId }: Located): Omit<AuditEntry, 'after'> & { after: object } {
  if (!source)
    return {
      resourceKind: sourceId ? 'data_source' : 'client',
      resourceId: sourceId ?? client.id,
      resourceName: client.name,
      after: { clientId: client.id },
    };
  const { kind, name, region, config } = source;
  return {
    resourceKind: 'data_source',
    resourceId: sourceId ?? 'unregistered',
    resourceName: name,
    after: { kind, region, config },
  };
}

/** Whether a source can be reached and read. For a known one, what is found stays with it. */
export const checkSource = writeVerb({
  action: 'sources.check',
  permission: 'sources.manage',
  input: CheckSource,
  withoutSecrets,
  async run({ ctx, tx, input, now, audit }) {
    const located = await locate(tx, ctx.accountId, input.source);
    await audit(entryOf(located));
    return askAbout(tx, ctx, { ...located, ask: 'check', about: { source: located.source }, now });
  },
});

interface AtPath {
  ask: QuestionKind;
  about: About;
  path: string;
  cursor: string | null;
  now: Date;
  audit: (entry: ReturnType<typeof entryOf>) => Promise<void>;
}

async function askAtPath(tx: Tx, ctx: Context, { ask, about, path, cursor, now, audit }: AtPath) {
  const located = await locate(tx, ctx.accountId, about);
  const told = entryOf(located);
  await audit({ ...told, after: { ...told.after, path } });
  return askAbout(tx, ctx, { ...located, ask, about: { source: located.source, path, cursor }, now });
}

/** One page of what a source holds below a path. */
export const browseSource = writeVerb({
  action: 'sources.browse',
  permission: 'sources.manage',
  input: BrowseSource,
  withoutSecrets,
  run: ({ ctx, tx, input: { path, cursor = null, ...input }, now, audit }) =>
    askAtPath(tx, ctx, { ask: 'list', path, cursor, about: input.source, now, audit }),
});

/** Whether a restore to a path of a source could begin: what the wizard asks before it goes on. */
export const askDestination = writeVerb({
  action: 'sources.ask_destination',
  permission: 'sources.manage',
  input: AskDestination,
  withoutSecrets,
  run: ({ ctx, tx, input: { path, ...input }, now, audit }) =>
    askAtPath(tx, ctx, { ask: 'destination', path, cursor: null, about: input.source, now, audit }),
});
