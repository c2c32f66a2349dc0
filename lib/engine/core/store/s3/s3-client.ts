import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { lookupPublic, requirePublicEndpoint } from './address-guard';
import { type S3Preset, s3Presets } from './presets';

export interface BucketAddress {
  endpoint: string;
  region: string;
  bucket: string;
  /** Segments joined by `/`, or empty. */
  prefix: string;
  preset: S3Preset;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** PEM of the authority that signed the endpoint's certificate. */
  ca?: string;
  allowsPrivateEndpoint: boolean;
}

/** Told of each attempt of each request, for the bill: retries are paid for too. */
export type OnS3Request = (request: { kind: string; outcome: 'ok' | 'error' }) => void;

/** Of one attempt. A request may take several; see `deadlineMs` of the store. */
const connectMs = 5_000;
const answerMs = 30_000;
const attempts = 4;
const sockets = 64;

/** @throws `storage_unavailable` for an endpoint in a private network that the operator has not allowed. */
export function createS3Client(
  address: BucketAddress,
  onRequest: OnS3Request = () => {},
  silenceMs = answerMs,
): S3Client {
  if (!address.allowsPrivateEndpoint) requirePublicEndpoint(address.endpoint);
  const guard = address.allowsPrivateEndpoint ? {} : { lookup: lookupPublic };
  const options = { keepAlive: true, maxSockets: sockets, ...guard };
  const client = new S3Client({
    endpoint: address.endpoint,
    region: address.region,
    credentials: address.credentials,
    forcePathStyle: s3Presets[address.preset].pathStyle,
    // Servers other than AWS refuse, or ignore, the newer checksum headers; we send MD5 and check our own hashes.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: attempts,
    retryMode: 'standard',
    requestHandler: new NodeHttpHandler({
      connectionTimeout: connectMs,
      requestTimeout: silenceMs,
      throwOnRequestTimeout: true,
      httpAgent: new HttpAgent(options),
      httpsAgent: new HttpsAgent({ ...options, ...(address.ca && { ca: address.ca }) }),
    }),
    // The SDK's own warnings name buckets and keys.
    logger: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  });
  countAttempts(client, onRequest);
  return client;
}

function countAttempts(client: S3Client, onRequest: OnS3Request): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const kind = (context.commandName ?? 'unknown').replace(/Command$/, '');
      try {
        const result = await next(args);
        onRequest({ kind, outcome: 'ok' });
        return result;
      } catch (error) {
        onRequest({ kind, outcome: 'error' });
        throw error;
      }
    },
    { step: 'deserialize', priority: 'high', name: 'countAttempts' },
  );
}
