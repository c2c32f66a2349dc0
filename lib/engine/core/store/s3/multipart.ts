import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

const partsInFlight = 3;

/** Writes an object in parts. It appears as a whole with the last request, or not at all. */
export async function putInParts(
  client: S3Client,
  place: { Bucket: string; Key: string },
  body: Uint8Array,
  partBytes: number,
  abortSignal: AbortSignal,
): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(place), { abortSignal });
  try {
    const count = Math.ceil(body.length / partBytes);
    const parts: { ETag?: string; PartNumber: number }[] = [];
    let next = 1;
    const sendParts = async () => {
      while (next <= count) {
        const PartNumber = next++;
        const Body = body.subarray((PartNumber - 1) * partBytes, PartNumber * partBytes);
        const ContentMD5 = createHash('md5').update(Body).digest('base64');
        const part = { ...place, UploadId, PartNumber, Body, ContentLength: Body.length, ContentMD5 };
        const { ETag } = await client.send(new UploadPartCommand(part), { abortSignal });
        parts.push({ ETag, PartNumber });
      }
    };
    await Promise.all(Array.from({ length: partsInFlight }, sendParts));
    const Parts = parts.sort((a, b) => a.PartNumber - b.PartNumber);
    const whole = { ...place, UploadId, MultipartUpload: { Parts } };
    await client.send(new CompleteMultipartUploadCommand(whole), { abortSignal });
  } catch (error) {
    // Best effort: what stays is swept by age.
    await client.send(new AbortMultipartUploadCommand({ ...place, UploadId })).catch(() => {});
    throw error;
  }
}

/** Ends uploads that were begun before `before`. @returns how many. */
export async function abortUploads(
  client: S3Client,
  place: { Bucket: string; Prefix: string },
  before: Date,
  abortSignal: AbortSignal,
): Promise<number> {
  let aborted = 0;
  let marker: { KeyMarker?: string; UploadIdMarker?: string } | null = {};
  while (marker) {
    const page: Awaited<ReturnType<typeof listUploads>> = await listUploads(
      client,
      { ...place, ...marker },
      abortSignal,
    );
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (!Key || !UploadId || !Initiated || Initiated >= before) continue;
      await client.send(new AbortMultipartUploadCommand({ Bucket: place.Bucket, Key, UploadId }), {
        abortSignal,
      });
      aborted++;
    }
    marker = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
      : null;
  }
  return aborted;
}

function listUploads(
  client: S3Client,
  input: { Bucket: string; Prefix: string; KeyMarker?: string; UploadIdMarker?: string },
  abortSignal: AbortSignal,
) {
  return client.send(new ListMultipartUploadsCommand(input), { abortSignal });
}
