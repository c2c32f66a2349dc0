import type { TestProject } from 'vitest/node';
import { startRadosgw } from './start-radosgw';

declare module 'vitest' {
  interface ProvidedContext {
    s3: { endpoint: string; accessKeyId: string; secretAccessKey: string };
  }
}

/** One S3 server for all suites of the project; each takes a bucket of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stop, ...s3 } = await startRadosgw();
  project.provide('s3', s3);
  return stop;
}
