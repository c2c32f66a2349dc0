import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to one request on its way. */
export type Disturbance = 'pass' | 'error' | 'lose_answer' | 'cut_body' | 'hang' | 'lie';

/** A proxy in front of an S3 server that disturbs what passes. The signed Host header is passed on as it came. */
export async function startDisturber(
  endpoint: string,
  plan: (request: { method: string; number: number }) => Disturbance,
) {
  const seen: string[] = [];
  const server = createServer((incoming, response) => {
    const method = incoming.method ?? '';
    const number = seen.length;
    seen.push(method);
    const disturbance = plan({ method, number });
    if (disturbance === 'hang') return;
    if (disturbance === 'error') return refuse(incoming, response);
    forward(endpoint, incoming, (answer, body) => reply(response, answer, body, disturbance));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: (method: string) => seen.filter((one) => one === method).length,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function forward(
  endpoint: string,
  incoming: IncomingMessage,
  done: (answer: IncomingMessage, body: Buffer) => void,
): void {
  const onward = request(
    new URL(incoming.url ?? '/', endpoint),
    { method: incoming.method, headers: incoming.headers },
    (answer) => {
      const parts: Buffer[] = [];
      answer
        .on('data', (part: Buffer) => parts.push(part))
        .on('end', () => done(answer, Buffer.concat(parts)));
    },
  );
  incoming.pipe(onward);
}

function refuse(incoming: IncomingMessage, response: ServerResponse): void {
  incoming.resume().on('end', () => {
    response.writeHead(503, { 'content-type': 'application/xml' });
    response.end('<Error><Code>SlowDown</Code><Message>later</Message></Error>');
  });
}

function reply(
  response: ServerResponse,
  answer: IncomingMessage,
  body: Buffer,
  disturbance: Disturbance,
): void {
  if (disturbance === 'lose_answer') {
    response.socket?.destroy();
  } else if (disturbance === 'cut_body') {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    response.write(body.subarray(0, body.length >> 1), () => response.socket?.destroy());
  } else if (disturbance === 'lie') {
    const { 'content-length': _, ...headers } = answer.headers;
    response.writeHead(answer.statusCode ?? 500, headers);
    response.end(body.toString().replaceAll(/<Key>[^<]*<\/Key>/g, '<Key>someone/else</Key>'));
  } else {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    response.end(body);
  }
}
