import { setMaxListeners } from 'node:events';
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { lookupPublic } from '@/lib/engine/core/store/s3/address-guard';
import { type S3Abilities, type S3Preset, s3Presets } from '@/lib/engine/core/store/s3/presets';
import { createS3Client } from '@/lib/engine/core/store/s3/s3-client';
import { CrossvaultError } from '@/lib/errors';
import { retrying } from '../../net/retry';
import { type BucketWords, explainS3 } from './explain-s3';
import { type PlainAnswer, type PlainRequest, PlainRequests } from './wire/plain-requests';

export interface BucketOptions {
  endpoint: string;
  bucket: string;
  /** As signatures name it. */
  region: string;
  preset: S3Preset;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** The operator's leave to talk to this machine and to private networks. */
  allowsPrivateEndpoints: boolean;
  signal: AbortSignal;
  /** How long a server that is away or asks to slow down is waited for. */
  patienceMs?: number;
  /** Of one attempt of one request. */
  silenceMs?: number;
  onRetry?: (error: CrossvaultError, delayMs: number) => void;
}

const defaultPatienceMs = 10 * 60_000;
const defaultSilenceMs = 30_000;

/** A tenant's bucket: requests to it, repeated while it is away, with its errors in our words. */
export class Bucket {
  readonly words: BucketWords;
  readonly abilities: S3Abilities;
  readonly #client: S3Client;
  readonly #plain: PlainRequests;

  /** @throws `not_eligible` for an endpoint in a private network that the operator has not allowed. */
  constructor(private readonly options: BucketOptions) {
    const { endpoint, bucket, region, preset, credentials, allowsPrivateEndpoints } = options;
    this.words = { bucket, host: new URL(endpoint).host };
    this.abilities = s3Presets[preset];
    // Every request under way listens to it.
    setMaxListeners(0, options.signal);
    const address = { endpoint, region, bucket, prefix: '', preset, credentials };
    try {
      const allowsPrivateEndpoint = allowsPrivateEndpoints;
      this.#client = createS3Client({ ...address, allowsPrivateEndpoint }, undefined, options.silenceMs);
    } catch (error) {
      throw this.explain(error);
    }
    this.#plain = openPlain(this.#client, options);
  }

  get name(): string {
    return this.options.bucket;
  }

  get signal(): AbortSignal {
    return this.options.signal;
  }

  explain(error: unknown): CrossvaultError {
    if (leadsIntoPrivateNetwork(error)) return privateEndpoint(this.words.host, error);
    return explainS3(error, this.words);
  }

  /** Makes a request once; the client itself has repeated it a few times. */
  async once<T>(request: (client: S3Client, signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.options;
    try {
      return await request(this.#client, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw this.explain(error);
    }
  }

  /**
   * Makes a request without the general client. @returns null unless all goes as it should: then the general client is to be
   * asked, and says what is wrong.
   */
  plainly(request: PlainRequest): Promise<PlainAnswer | null> {
    return this.#plain.ask(request, this.options.signal);
  }

  /** Repeats a request, which must be repeatable, until the server is there again. */
  patiently<T>(request: (client: S3Client, signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal, patienceMs: giveUpAfterMs = defaultPatienceMs, onRetry } = this.options;
    return retrying({ signal, giveUpAfterMs, onRetry }, () => this.once(request));
  }

  /** Whether there is an object of this key. */
  async has(key: string): Promise<boolean> {
    try {
      await this.patiently((client, abortSignal) =>
        client.send(new HeadObjectCommand({ Bucket: this.name, Key: key }), { abortSignal }),
      );
      return true;
    } catch (error) {
      // A HEAD has no body that could tell a missing object from a missing bucket.
      if ((error as CrossvaultError).code === 'not_found') return false;
      throw error;
    }
  }

  close(): void {
    this.#client.destroy();
    this.#plain.close();
  }
}

/** Goes to the same address as the general client, by the same clock. */
function openPlain(client: S3Client, options: BucketOptions): PlainRequests {
  const { bucket, region, credentials, preset, endpoint, silenceMs = defaultSilenceMs } = options;
  const { pathStyle } = s3Presets[preset];
  const address = { Bucket: bucket, Region: region, Endpoint: endpoint, ForcePathStyle: pathStyle };
  const { url: base } = client.config.endpointProvider(address);
  return new PlainRequests({
    base,
    signer: { region, ...credentials },
    silenceMs,
    now: () => new Date(Date.now() + client.config.systemClockOffset),
    ...(!options.allowsPrivateEndpoints && { lookup: lookupPublic }),
  });
}

/** The guard's refusal, or a connection that failed for it. */
function leadsIntoPrivateNetwork(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof CrossvaultError && cause.reason === 'private_endpoint') return true;
  return false;
}

function privateEndpoint(host: string, cause: unknown): CrossvaultError {
  return new CrossvaultError(
    'not_eligible',
    `${host} lies on this machine or in a private network, where data sources may not lead. The operator can allow it with CROSSVAULT_ALLOW_PRIVATE_ENDPOINTS.`,
    { reason: 'private_endpoint', cause },
  );
}
