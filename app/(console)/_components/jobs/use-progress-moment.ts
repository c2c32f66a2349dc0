'use client';

import { useEffect, useState } from 'react';
import type { Job } from '@/lib/jobs/schemas';

/**
 * When a running job last came further, so that a bar that stands still can say so. A report that brings no new byte is
 * no progress; a client that has fallen silent is as old as its last report.
 */
export function useProgressMoment({ progress, heartbeatAt, startedAt }: Job): string | null {
  const mark = `${progress.bytesDone}:${progress.itemsDone}`;
  const heard = heartbeatAt ?? startedAt;
  const [seen, setSeen] = useState({ mark, at: heard });
  useEffect(() => {
    setSeen((last) => (last.mark === mark ? last : { mark, at: heard }));
  }, [mark, heard]);
  return seen.mark === mark ? seen.at : heard;
}
