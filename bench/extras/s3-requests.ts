/** Attempts, as a bill counts them. */
export interface RequestCounts {
  put: number;
  get: number;
  head: number;
  list: number;
  remove: number;
  other: number;
}

const line = /^crossvault_s3_requests_total\{([^}]*)\} (\d+)/;

/** @param metrics what the engine tells a collector */
export function countRequests(metrics: string): RequestCounts {
  const counts: RequestCounts = { put: 0, get: 0, head: 0, list: 0, remove: 0, other: 0 };
  for (const [, labels, count] of metrics.split('\n').flatMap((text) => [line.exec(text) ?? []])) {
    if (labels === undefined) continue;
    counts[classOf(/kind="(\w+)"/.exec(labels)?.[1] ?? '')] += Number(count);
  }
  return counts;
}

function classOf(kind: string): keyof RequestCounts {
  if (/^(Put|UploadPart|CreateMultipart|CompleteMultipart|Copy)/.test(kind)) return 'put';
  if (kind.startsWith('Get')) return 'get';
  if (kind.startsWith('Head')) return 'head';
  if (kind.startsWith('List')) return 'list';
  return /^(Delete|Abort)/.test(kind) ? 'remove' : 'other';
}
