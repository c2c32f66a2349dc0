/** The part of the official SDK that is used: it comes without types. */
declare module 'tablestore' {
  import type { Agent, ClientRequest, IncomingMessage } from 'node:http';

  interface HttpOptions {
    agent?: Agent;
    /** Longest silence of the connection, in milliseconds. */
    timeout?: number;
    signal?: AbortSignal;
  }

  interface ClientOptions {
    accessKeyId: string;
    secretAccessKey: string;
    stsToken?: string;
    endpoint: string;
    instancename: string;
    maxRetries?: number;
    httpOptions?: HttpOptions;
  }

  interface SdkRequest {
    operation: string;
    httpRequest: { body: Uint8Array; headers: Record<string, string>; stream?: ClientRequest };
    addListeners(list: unknown): void;
    addListener(event: string, listener: (...args: never[]) => void): void;
    send(callback: (error: Error | null, data: unknown) => void): Promise<unknown>;
  }

  interface SdkResponse {
    error: Error | null;
    data: unknown;
    httpResponse: {
      statusCode?: number;
      headers: Record<string, string | undefined>;
      body: Buffer;
      numBytes?: number;
      stream?: IncomingMessage;
    };
  }

  interface SdkClient {
    config: object;
    populateHeader(request: SdkRequest): void;
    populateURI(request: SdkRequest): void;
    computeContentMd5(request: SdkRequest): void;
  }

  const TableStore: {
    Client: new (options: ClientOptions) => SdkClient;
    Request: new (config: object, operation: string, params: object) => SdkRequest;
    Config: new (options: ClientOptions) => object;
    events: unknown;
    EventListeners: { Core: unknown };
  };
  export default TableStore;
}

declare module 'tablestore/lib/protocol/tablestore_compiled_proto.js' {
  interface Message {
    create(properties: object): object;
    encode(message: object): { finish(): Uint8Array };
    // biome-ignore lint/suspicious/noExplicitAny: generated code without types; each answer is read by one function.
    decode(bytes: Uint8Array): any;
  }
  const messages: { main: { proto: Record<string, Message> } };
  export default messages;
}
