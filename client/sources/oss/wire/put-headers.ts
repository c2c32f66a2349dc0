import type { PutObjectCommandInput } from '@aws-sdk/client-s3';

type Put = Omit<PutObjectCommandInput, 'Body' | 'Bucket' | 'Key'>;

const names = {
  CacheControl: 'cache-control',
  ContentDisposition: 'content-disposition',
  ContentEncoding: 'content-encoding',
  ContentLanguage: 'content-language',
  ContentMD5: 'content-md5',
  ContentType: 'content-type',
  IfNoneMatch: 'if-none-match',
  StorageClass: 'x-amz-storage-class',
  Tagging: 'x-amz-tagging',
  WebsiteRedirectLocation: 'x-amz-website-redirect-location',
} as const satisfies Partial<Record<keyof Put, string>>;
const defaultType = 'application/octet-stream';

/** What an object is put with, as headers. */
export function toPutHeaders(put: Put): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': defaultType };
  for (const [field, name] of Object.entries(names)) {
    const value = put[field as keyof typeof names];
    if (value) headers[name] = value;
  }
  if (put.Expires) headers.expires = put.Expires.toUTCString();
  for (const [name, value] of Object.entries(put.Metadata ?? {}))
    headers[`x-amz-meta-${name.toLowerCase()}`] = value;
  return headers;
}
