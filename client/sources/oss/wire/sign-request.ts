import { createHash, createHmac } from 'node:crypto';

export interface Signer {
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

export interface Signable {
  method: string;
  /** Percent-encoded, as it is sent. */
  path: string;
  /** Encoded, in ascending order, without the question mark. */
  query: string;
  /** Names in lower case; `host` is among them. */
  headers: Record<string, string>;
  /** In hex; `unsignedPayload` where another signed header vouches for the body. */
  payload: string;
}

export const unsignedPayload = 'UNSIGNED-PAYLOAD';
export const emptyPayload = createHash('sha256').update('').digest('hex');
const algorithm = 'AWS4-HMAC-SHA256';
/** Proxies on the way may change it. */
const leftUnsigned = 'cache-control';

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** Signature version 4 in a header, as services behind the S3 protocol take it. The key of a day is derived once. */
export class RequestSigner {
  #day = '';
  #key: Buffer = Buffer.alloc(0);

  constructor(private readonly signer: Signer) {}

  /** @returns the headers to send: those given, and the three that the signature consists of. */
  sign({ method, path, query, headers, payload }: Signable, now: Date): Record<string, string> {
    const at = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const day = at.slice(0, 8);
    const sent: Record<string, string> = { ...headers, 'x-amz-content-sha256': payload, 'x-amz-date': at };
    const names = Object.keys(sent)
      .filter((name) => name !== leftUnsigned)
      .sort();
    const lines = names.map((name) => `${name}:${sent[name]!.trim().replaceAll(/ +/g, ' ')}\n`).join('');
    const signed = names.join(';');
    const canonical = `${method}\n${path}\n${query}\n${lines}\n${signed}\n${payload}`;
    const { accessKeyId, region } = this.signer;
    const scope = `${day}/${region}/s3/aws4_request`;
    const digest = createHash('sha256').update(canonical).digest('hex');
    const signature = hmac(this.#keyOf(day), `${algorithm}\n${at}\n${scope}\n${digest}`).toString('hex');
    const credential = `Credential=${accessKeyId}/${scope}`;
    sent.authorization = `${algorithm} ${credential},SignedHeaders=${signed},Signature=${signature}`;
    return sent;
  }

  #keyOf(day: string): Buffer {
    if (this.#day !== day) {
      const { secretAccessKey, region } = this.signer;
      this.#key = [day, region, 's3', 'aws4_request'].reduce<Buffer>(
        hmac,
        Buffer.from(`AWS4${secretAccessKey}`),
      );
      this.#day = day;
    }
    return this.#key;
  }
}

/** A key as part of a path, with its slashes. */
export const encodeKey = (key: string) => key.split('/').map(encodePart).join('/');

/** Everything but letters, digits and `-._~`. */
export function encodePart(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
