import { appendFile, readFile, rm } from 'node:fs/promises';
import type { ClientFolder } from '../../config';
import type { Bucket } from './bucket';
import { PartedUpload } from './write-object';

/** Uploads in parts that are under way, for an attempt that takes over: what is never completed is paid for unseen. */
export class UploadList {
  private constructor(private readonly path: string) {}

  static async open(folder: ClientFolder, jobId: string, bucket: Bucket): Promise<UploadList> {
    const path = folder.file('restores', `${jobId}.uploads`);
    const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n').slice(0, -1);
    for (const line of lines) {
      const { key, uploadId } = JSON.parse(line) as { key: string; uploadId: string };
      await PartedUpload.at(bucket, key, uploadId).abort();
    }
    await rm(path, { force: true });
    return new UploadList(path);
  }

  async add(key: string, uploadId: string): Promise<void> {
    await appendFile(this.path, `${JSON.stringify({ key, uploadId })}\n`, { mode: 0o600 });
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}
