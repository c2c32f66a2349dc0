import { expect, it } from 'vitest';
import { AnswerReader } from './answer-reader';

function read(text: string, pieceBytes = text.length) {
  const found = { status: 0, body: '', ends: 0 };
  const reader = new AnswerReader(
    (bytes) => {
      found.body += Buffer.from(bytes).toString('latin1');
    },
    (status) => {
      found.status = status;
      found.ends++;
    },
  );
  for (let at = 0; at < text.length; at += pieceBytes)
    reader.push(Buffer.from(text.slice(at, at + pieceBytes), 'latin1'));
  return { ...found, endsConnection: reader.endsConnection };
}

const answer = 'HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 11\r\n\r\nhello world';

it.each([1, 2, 7, 60, 1000])('reads an answer that arrives in pieces of %d bytes', (pieceBytes) => {
  expect(read(answer, pieceBytes)).toEqual({
    status: 200,
    body: 'hello world',
    ends: 1,
    endsConnection: false,
  });
});

it('reads refusals, empty answers and the wish to end the connection', () => {
  const refused = 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';
  expect(read(refused)).toEqual({ status: 503, body: '', ends: 1, endsConnection: true });
});

it('is not over before its last byte', () => {
  expect(read(answer.slice(0, -1))).toMatchObject({ status: 0, body: 'hello worl', ends: 0 });
});

it.each([
  ['more than was announced', `${answer}!`],
  ['no length', 'HTTP/1.1 200 OK\r\n\r\n'],
  ['a length that is no number', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'],
  ['chunks', 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n'],
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
  ['a head without end', `HTTP/1.1 200 OK\r\n${'x'.repeat(20_000)}`],
])('refuses %s', (_, text) => {
  expect(() => read(text)).toThrow();
});
