import type { z } from 'zod';
import { type CommitRequest, CommitResponse } from '@/lib/engine/wire';
import type { JobContext, JobResult } from '../jobs/run-job';
import { GatewayError } from '../net/errors';
import { byteIdleMs } from '../net/gateway';

type Committed = z.infer<typeof CommitResponse> | null;

/** @returns null when an earlier attempt of this job made the point and could not say so any more. */
export async function commitOnce(
  context: JobContext,
  commit: z.input<typeof CommitRequest>,
): Promise<Committed> {
  try {
    return await context.post('backup/commit', commit, CommitResponse, { idleMs: byteIdleMs });
  } catch (error) {
    if (error instanceof GatewayError && error.reason === 'already_committed') return null;
    throw error;
  }
}

export function toSummary(
  committed: Committed,
  sourceBytes: number,
  readBytes: number,
  sentBytes: number,
): JobResult['summary'] {
  return {
    pointId: committed?.pointId ?? 'made by an earlier attempt',
    sourceBytes,
    readBytes,
    sentBytes,
    addedBytes: committed?.addedBytes ?? 0,
  };
}
