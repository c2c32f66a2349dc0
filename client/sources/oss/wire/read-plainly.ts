import type { Bucket } from '../bucket';
import type { ListedObject } from '../listed-object';
import type { ByteRange, ReadAnswer } from '../read-object';

const metadataPrefix = 'x-amz-meta-';

/** Reads an object, or a range of it, into the bytes given; null when the general client has to be asked. */
export async function readPlainly(
  bucket: Bucket,
  { key, etag, versionId }: ListedObject,
  range: ByteRange | null,
  into: Buffer,
): Promise<ReadAnswer | null> {
  const answer = await bucket.plainly({
    method: 'GET',
    key: key.toString(),
    ...(versionId && { query: { versionId } }),
    headers: { 'if-match': `"${etag}"`, ...(range && { range: `bytes=${range.start}-${range.end}` }) },
    place: (_, length) => (length === into.length ? into : null),
  });
  return answer && toReadAnswer(answer.head.headers, into.length);
}

function toReadAnswer(headers: Record<string, string>, ContentLength: number): ReadAnswer {
  const metadata = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(metadataPrefix) ? [[name.slice(metadataPrefix.length), value]] : [],
  );
  const tags = headers['x-amz-tagging-count'];
  return {
    ContentLength,
    ETag: headers.etag,
    ContentType: headers['content-type'],
    ContentEncoding: headers['content-encoding'],
    ContentDisposition: headers['content-disposition'],
    ContentLanguage: headers['content-language'],
    CacheControl: headers['cache-control'],
    ExpiresString: headers.expires,
    WebsiteRedirectLocation: headers['x-amz-website-redirect-location'],
    SSECustomerAlgorithm: headers['x-amz-server-side-encryption-customer-algorithm'],
    SSEKMSKeyId: headers['x-amz-server-side-encryption-aws-kms-key-id'],
    Metadata: Object.fromEntries(metadata),
    ...(tags && { TagCount: Number(tags) }),
  };
}
