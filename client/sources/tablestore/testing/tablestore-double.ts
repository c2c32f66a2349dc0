import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type InstanceAddress, loadSdk, type Messages } from '../sdk-transport';
import { DoubleError } from './double-error';
import { DoubleOperations } from './double-operations';

/** What goes wrong with the next requests of an operation; `*` is any. */
export interface Fault {
  operation: string;
  times: number;
  /** An answer of the service, or what happens to the connection: `after` means that the request was carried out. */
  how:
    | { status: number; code: string; message?: string }
    | 'refuse-connection'
    | 'break-answer'
    | 'drop-after'
    | 'hang'
    | 'not-tablestore';
  /** Requests of the operation that pass before. */
  skip?: number;
}

const accessKeyId = 'LTAI5tDoubleKeyId';
const maxClockSkewMs = 15 * 60_000;

/**
 * The service at the level of its wire, for tests: real HTTP, MD5 and signature checked, rows kept sorted with versions,
 * time to live and limits. It holds what the documentation states and nothing that only a real instance could tell.
 */
export class TablestoreDouble {
  readonly operations: DoubleOperations;
  readonly faults: Fault[] = [];
  readonly requests: string[] = [];
  readonly secret = randomUUID();
  #server: Server;

  private constructor(
    private readonly messages: Messages,
    readonly instance: string,
    nowMs: () => number,
  ) {
    this.operations = new DoubleOperations(messages, nowMs);
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.keepAliveTimeout = 60_000;
  }

  static async start(instance = 'cv-instance', nowMs: () => number = Date.now): Promise<TablestoreDouble> {
    const double = new TablestoreDouble((await loadSdk()).messages, instance, nowMs);
    await new Promise<void>((resolve) => double.#server.listen(0, '127.0.0.1', resolve));
    return double;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get address(): InstanceAddress {
    return {
      endpoint: this.endpoint,
      instance: this.instance,
      accessKeyId,
      accessKeySecret: this.secret,
      allowsPrivateEndpoint: true,
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = (request.url ?? '/').slice(1);
    this.requests.push(operation);
    const fault = this.#takeFault(operation);
    if (fault?.how === 'refuse-connection') return void request.socket.destroy();
    const body = await readBody(request).catch(() => null);
    if (!body || fault?.how === 'hang') return;
    const { status, answer } = this.#answer(operation, request, body, fault);
    if (fault?.how === 'drop-after') return void request.socket.destroy();
    response.writeHead(status, { 'x-ots-requestid': randomUUID(), 'content-length': answer.length });
    if (fault?.how === 'break-answer') {
      response.write(answer.subarray(0, Math.floor(answer.length / 2)), () => request.socket.destroy());
      return;
    }
    response.end(answer);
  }

  #answer(
    operation: string,
    request: IncomingMessage,
    body: Buffer,
    fault: Fault | undefined,
  ): { status: number; answer: Buffer } {
    if (fault?.how === 'not-tablestore') return { status: 200, answer: Buffer.from('<html>Welcome</html>') };
    try {
      this.#authenticate(request, body);
      if (typeof fault?.how === 'object') {
        const { status, code, message = 'injected' } = fault.how;
        throw new DoubleError(status, code, message);
      }
      return { status: 200, answer: this.operations.perform(operation, body) };
    } catch (error) {
      if (!(error instanceof DoubleError)) console.error(error);
      const { status, code, message } =
        error instanceof DoubleError ? error : new DoubleError(500, 'OTSInternalServerError', String(error));
      const type = this.messages.Error!;
      return { status, answer: Buffer.from(type.encode(type.create({ code, message })).finish()) };
    }
  }

  #authenticate({ headers, method, url }: IncomingMessage, body: Buffer): void {
    const denied = (message: string) => new DoubleError(403, 'OTSAuthFailed', message);
    if (createHash('md5').update(body).digest('base64') !== headers['x-ots-contentmd5'])
      throw denied('Mismatch between MD5 value of request body and x-ots-contentmd5 in header.');
    if (headers['x-ots-apiversion'] !== '2015-12-31') throw denied('Unsupported api version.');
    if (headers['x-ots-instancename'] !== this.instance) throw denied('The instance is not found.');
    if (headers['x-ots-accesskeyid'] !== accessKeyId) throw denied('The AccessKeyID does not exist.');
    const date = Date.parse(String(headers['x-ots-date']));
    if (!(Math.abs(Date.now() - date) < maxClockSkewMs))
      throw denied(`Mismatch between system time and x-ots-date: ${headers['x-ots-date']}.`);
    const signed = Object.keys(headers)
      .filter((name) => name.startsWith('x-ots-') && name !== 'x-ots-signature')
      .sort()
      .map((name) => `${name}:${headers[name]}\n`)
      .join('');
    const signature = createHmac('sha1', this.secret)
      .update(`${url}\n${method}\n\n${signed}`)
      .digest('base64');
    if (signature !== headers['x-ots-signature']) throw denied('Signature mismatch.');
  }

  #takeFault(operation: string): Fault | undefined {
    const fault = this.faults.find(
      (one) => one.times > 0 && (one.operation === '*' || one.operation === operation),
    );
    if (!fault) return undefined;
    if (fault.skip) {
      fault.skip--;
      return undefined;
    }
    fault.times--;
    return fault;
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
