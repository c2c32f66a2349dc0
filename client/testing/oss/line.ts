import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a test does with a request on its way: it answers itself, or says what becomes of the server's answer. */
export type Meddle = (
  request: IncomingMessage & { number: number },
  response: ServerResponse,
) => Verdict | Promise<Verdict>;
type Verdict =
  | 'answered'
  | 'pass'
  | ((answer: { status: number; headers: IncomingMessage['headers']; body: Buffer }) => void);

/** A line to an S3 server that a test can listen to and meddle with. The signed Host header is passed on as it came. */
export async function startLine(endpoint: string, meddle: Meddle = () => 'pass') {
  const seen: string[] = [];
  const server = createServer(async (incoming, response) => {
    const number = seen.push(`${incoming.method} ${incoming.url}`);
    const verdict = await meddle(Object.assign(incoming, { number }), response);
    if (verdict === 'answered') return void incoming.resume();
    const onward = request(
      new URL(endpoint),
      { method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => {
          const whole = {
            status: answer.statusCode ?? 500,
            headers: answer.headers,
            body: Buffer.concat(parts),
          };
          if (typeof verdict === 'function') verdict(whole);
          if (response.destroyed) return;
          response.writeHead(whole.status, whole.headers);
          response.end(whole.body);
        });
      },
    );
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    seen,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
