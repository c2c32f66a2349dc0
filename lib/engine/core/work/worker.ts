import { parentPort } from 'node:worker_threads';
import { errorCodes } from '@/lib/errors';
import { type Job, runJob, transferables } from './jobs';

/** What a worker answers: `id` is the request's. */
export type Reply =
  | { id: number; answer: unknown }
  | { id: number; error: { code: string | null; message: string; stack?: string } };

parentPort?.on('message', ({ id, job }: { id: number; job: Job }) => {
  try {
    const answer = runJob(job);
    parentPort!.postMessage({ id, answer } satisfies Reply, transferables(answer));
  } catch (thrown) {
    const error = thrown as Error & { code?: string };
    const code = error.code && error.code in errorCodes ? error.code : null;
    parentPort!.postMessage({
      id,
      error: { code, message: error.message, stack: error.stack },
    } satisfies Reply);
  }
});
