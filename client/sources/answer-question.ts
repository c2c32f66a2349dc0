import type { Logger } from 'pino';
import type { AnswerRequest, SourceQuestion } from '@/lib/engine/wire';
import { CrossvaultError } from '@/lib/errors';
import type { ClientFolder } from '../config';
import type { Gateway } from '../net/gateway';
import { Nothing } from '../net/nothing';
import { checkTarget } from '../restore/inspect-target';
import type { AdapterRegistry, SourceContext } from './adapter';
import { findAdapter } from './find-adapter';
import { checkHost, listHostFolder } from './host-files';

export interface AnsweringHost {
  gateway: Gateway;
  folder: ClientFolder;
  log: Logger;
  adapters: AdapterRegistry | undefined;
}

/** Somebody waits at a screen: what takes longer than this is answered with that. */
const patienceMs = 25_000;

/** Answers what was asked about a source. Never rejects: a question that cannot be answered is answered with why. */
export async function answerQuestion(host: AnsweringHost, question: SourceQuestion): Promise<void> {
  const { gateway, log } = host;
  const body = await findAnswer(host, question).catch((error): AnswerRequest => {
    log.warn({ err: error, ask: question.ask, kind: question.source?.kind }, 'a question was not answered');
    return { error: toReply(error) };
  });
  await gateway
    .postJson(`/v1/questions/${encodeURIComponent(question.id)}/answer`, body, Nothing)
    .catch((error) => log.warn({ err: error }, 'an answer could not be sent'));
}

async function findAnswer(host: AnsweringHost, question: SourceQuestion): Promise<AnswerRequest> {
  const { folder, log, adapters } = host;
  const { source, ask, body } = question;
  if (!source) return answerAboutHost(question, AbortSignal.timeout(patienceMs));
  const adapter = await findAdapter(adapters, source.kind);
  const context: SourceContext = { source, folder, log, signal: AbortSignal.timeout(patienceMs) };
  if (ask === 'list') return { listing: await inTime(adapter.list(body, context), context.signal) };
  const look = ask === 'destination' && adapter.destination;
  const checking = look ? look.call(adapter, body, context) : adapter.check(context);
  return { check: await inTime(checking, context.signal) };
}

/** About the host's own files. */
async function answerAboutHost({ ask, body }: SourceQuestion, signal: AbortSignal): Promise<AnswerRequest> {
  if (ask === 'list') return { listing: await inTime(listHostFolder(body), signal) };
  return { check: await inTime(ask === 'check' ? checkHost() : checkTarget(body.path), signal) };
}

/** A mount that hangs does not hear of signals. */
function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () =>
      reject(
        new CrossvaultError(
          'unavailable',
          `It did not answer within ${patienceMs / 1000} seconds. Check that it can be reached from here.`,
        ),
      ),
    );
    work.then(resolve, reject);
  });
}

function toReply(error: unknown): { code: string; message: string } {
  if (error instanceof CrossvaultError) return { code: error.code, message: error.message.slice(0, 2000) };
  const { code, message } = error as NodeJS.ErrnoException;
  return { code: 'internal', message: `${code ? `${code}: ` : ''}${message}`.slice(0, 2000) };
}
