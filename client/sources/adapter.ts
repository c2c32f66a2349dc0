import type { Logger } from 'pino';
import type { JobOffer, OfferedSource } from '@/lib/engine/wire';
import type { QuestionBody, SourceCheck, SourceListing } from '@/lib/sources/schemas';
import type { ClientFolder } from '../config';
import type { JobContext, JobResult } from '../jobs/run-job';

export type BackupOffer = JobOffer & { work: { kind: 'backup' } };
export type RestoreOffer = JobOffer & { work: { kind: 'restore' } };

/** What a short question is answered with. */
export interface SourceContext {
  source: OfferedSource;
  /** Of this client or mover: caches may lie here, secrets never do. */
  folder: ClientFolder;
  log: Logger;
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal;
}

/** How one kind of source is looked at, backed up and restored. All of it may be repeated, and none of it keeps a secret. */
export interface SourceAdapter {
  /** Whether it can be reached and read. A refusal of the other side is an answer and not an error. */
  check(context: SourceContext): Promise<SourceCheck>;
  /** One page of what `body.path` holds. @throws `not_found`, `unavailable` in words that a person can act on. */
  list(body: QuestionBody, context: SourceContext): Promise<SourceListing>;
  /** Whether a restore to `body.path` of it could begin; by default what `check` says. */
  destination?(body: QuestionBody, context: SourceContext): Promise<SourceCheck>;
  /** Makes a point, by `runTreeBackup` as a rule. */
  backup(context: JobContext, offer: BackupOffer): Promise<JobResult>;
  restore(context: JobContext, offer: RestoreOffer): Promise<JobResult>;
}

/** The adapters of a program, loaded when they are needed; null for a kind that it does not serve. */
export type AdapterRegistry = (kind: OfferedSource['kind']) => Promise<SourceAdapter> | null;
