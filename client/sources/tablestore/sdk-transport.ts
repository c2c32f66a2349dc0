import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type TableStoreSdk from 'tablestore';
import { guardedLookup, requirePublicHost } from '@/lib/engine/core/private-addresses';
import { CrossvaultError } from '@/lib/errors';
import { type ServiceFailure, toConnectionError, toServiceError } from './errors';
import { maxAnswerBytes } from './limits';

export interface InstanceAddress {
  /** `https://<instance>.<region>.ots.aliyuncs.com` */
  endpoint: string;
  instance: string;
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
  allowsPrivateEndpoint: boolean;
}

type Sdk = typeof TableStoreSdk;
export type Messages = Awaited<ReturnType<typeof loadSdk>>['messages'];

/** Silence and whole length of one request. A page of wide rows from a busy table takes seconds. */
const silenceMs = 30_000;
const deadlineMs = 120_000;
const sockets = 64;

/** Loaded when the first instance is asked: the SDK is large, and most programs never need it. */
export async function loadSdk() {
  const [sdk, proto] = await Promise.all([
    import('tablestore'),
    import('tablestore/lib/protocol/tablestore_compiled_proto.js'),
  ]);
  return { sdk: sdk.default, messages: proto.default.main.proto };
}

/**
 * One request through the official SDK: its requests, signature and messages. Rows are encoded and decoded here, because
 * the SDK cannot write a column named `timestamp`, rounds timestamps above 2^53 and copies each byte several times; it
 * waits for ever when an answer breaks off, and leaves errors undecoded.
 */
export class SdkTransport {
  readonly #agent: HttpAgent;
  readonly #client: InstanceType<Sdk['Client']>;

  constructor(
    private readonly sdk: Sdk,
    readonly messages: Messages,
    private readonly address: InstanceAddress,
    private readonly limits = { silenceMs, deadlineMs },
  ) {
    const { endpoint, allowsPrivateEndpoint } = address;
    const url = new URL(endpoint);
    if (!allowsPrivateEndpoint) requirePublic(url);
    const options = {
      keepAlive: true,
      maxSockets: sockets,
      ...(allowsPrivateEndpoint ? {} : { lookup: guardedLookup }),
    };
    this.#agent = url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
    this.#client = new sdk.Client(this.#options());
  }

  /** Sends an encoded message. @returns the encoded answer. @throws `CrossvaultError`; nothing is repeated here. */
  async send(operation: string, message: string, properties: object, signal: AbortSignal): Promise<Buffer> {
    const type = this.messages[message]!;
    const body = type.encode(type.create(properties)).finish();
    const deadline = AbortSignal.timeout(this.limits.deadlineMs);
    const ended = AbortSignal.any([signal, deadline]);
    signal.throwIfAborted();
    try {
      return await this.#exchange(operation, Buffer.from(body.buffer, body.byteOffset, body.length), ended);
    } catch (error) {
      signal.throwIfAborted();
      if (deadline.aborted) throw toConnectionError(new Error('no answer in time'), this.address.endpoint);
      throw toConnectionError(error, this.address.endpoint);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #options(signal?: AbortSignal) {
    const { accessKeyId, accessKeySecret, securityToken, endpoint, instance } = this.address;
    return {
      accessKeyId,
      secretAccessKey: accessKeySecret,
      stsToken: securityToken,
      endpoint,
      instancename: instance,
      // The SDK takes this for all its clients at once; repeating is done by the caller.
      maxRetries: 0,
      httpOptions: { agent: this.#agent, timeout: this.limits.silenceMs, signal },
    };
  }

  #exchange(operation: string, body: Buffer, signal: AbortSignal): Promise<Buffer> {
    const { sdk } = this;
    return new Promise((resolve, reject) => {
      const request = new sdk.Request(new sdk.Config(this.#options(signal)), operation, {});
      request.addListeners(sdk.events);
      request.addListeners(sdk.EventListeners.Core);
      const on = (event: string, listener: (value: never) => void) => request.addListener(event, listener);
      on('build', (built: typeof request) => {
        this.#client.populateHeader(built);
        this.#client.populateURI(built);
        built.httpRequest.body = body;
        this.#client.computeContentMd5(built);
      });
      on('extractData', (response: TableStoreSdkResponse) => {
        response.data = response.httpResponse.body;
      });
      on('extractError', (response: TableStoreSdkResponse) => {
        response.error = this.#readError(response);
      });
      const fail = (error: unknown) => {
        request.httpRequest.stream?.destroy();
        reject(error);
      };
      request.addListener(
        'httpHeaders',
        (_status: never, _headers: never, response: TableStoreSdkResponse) => {
          const stream = response.httpResponse.stream;
          stream?.once('close', () => {
            if (!stream.complete) fail(new Error('the answer broke off'));
          });
        },
      );
      on('httpData', ((_chunk: never, response: TableStoreSdkResponse) => {
        if ((response.httpResponse.numBytes ?? 0) > maxAnswerBytes) fail(new Error('the answer is too long'));
      }) as never);
      signal.addEventListener('abort', () => fail(signal.reason), { once: true });
      void request.send((error, data) => (error ? reject(error) : resolve(data as Buffer)));
    });
  }

  #readError({ httpResponse }: TableStoreSdkResponse): Error {
    const { statusCode = 0, headers, body } = httpResponse;
    const failure: ServiceFailure = {
      status: statusCode,
      code: `HTTP ${statusCode}`,
      message: 'the answer is not one of Tablestore; check the endpoint',
      requestId: headers['x-ots-requestid'] ?? headers['x-ots-request-id'] ?? null,
    };
    try {
      const { code, message } = this.messages.Error!.decode(body);
      if (/^OTS\w+$/.test(code))
        Object.assign(failure, { code, message: String(message ?? '').slice(0, 500) });
    } catch {
      // Some other server's page.
    }
    return toServiceError(failure);
  }
}

interface TableStoreSdkResponse {
  error: Error | null;
  data: unknown;
  httpResponse: {
    statusCode?: number;
    headers: Record<string, string | undefined>;
    body: Buffer;
    numBytes?: number;
    stream?: import('node:http').IncomingMessage;
  };
}

function requirePublic(url: URL): void {
  try {
    requirePublicHost(url.hostname);
  } catch (error) {
    throw toConnectionError(error, url.href);
  }
  if (url.protocol !== 'https:')
    throw new CrossvaultError('invalid_input', 'A Tablestore endpoint begins with https://.', {
      reason: 'plain_endpoint',
    });
}
