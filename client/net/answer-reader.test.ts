import { describe, expect, test } from 'vitest';
import { type AnswerHead, AnswerReader } from './answer-reader';

const whole = [
  'HTTP/1.1 206 Partial Content',
  'Content-Length: 11',
  'ETag:  "abc" ',
  'x-amz-meta-a: one',
  'X-Amz-Meta-A: t\u00fco',
  '',
  'hello\r\n\r\nyo',
].join('\r\n');

function read(text: string, bytesAtATime = text.length) {
  const heads: { head: AnswerHead; length: number }[] = [];
  let body = '';
  const reader = new AnswerReader((head, length) => {
    heads.push({ head, length });
    return (bytes) => {
      body += Buffer.from(bytes).toString('latin1');
    };
  });
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += bytesAtATime) reader.take(bytes.subarray(at, at + bytesAtATime));
  const { head, isWhole, endsConnection } = reader;
  return { head, isWhole, endsConnection, heads, body };
}

test.each([1, 2, 3, 7, 50, 1000])('an answer is the same however it arrives: %i bytes at a time', (count) => {
  const { head, heads, body, isWhole, endsConnection } = read(whole, count);
  expect(heads).toEqual([{ head, length: 11 }]);
  expect({ body, isWhole, endsConnection }).toEqual({
    body: 'hello\r\n\r\nyo',
    isWhole: true,
    endsConnection: false,
  });
  expect(head).toMatchObject({
    status: 206,
    headers: { 'content-length': '11', etag: '"abc"', 'x-amz-meta-a': 'one, t\u00fco' },
  });
});

test('an answer is whole when its last byte is there, and without a body at once', () => {
  expect(read(whole.slice(0, -1))).toMatchObject({ isWhole: false, body: 'hello\r\n\r\ny' });
  expect(read('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')).toMatchObject({ isWhole: true, body: '' });
  expect(read('HTTP/1.1 204 No Content\r\n\r\n')).toMatchObject({ isWhole: true, body: '' });
});

test('refusals are answers too, and say when the connection ends', () => {
  const refused = 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';
  expect(read(refused)).toMatchObject({ head: { status: 503 }, isWhole: true, endsConnection: true });
});

describe('is refused', () => {
  test.each([
    ['what follows the body', `${whole}!`],
    ['a length that is not told', 'HTTP/1.1 200 OK\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a length below nothing', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['pieces', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\na'],
    ['an answer before the answer', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['a header that goes on in the next line', 'HTTP/1.1 200 OK\r\na: b\r\n c\r\nContent-Length: 0\r\n\r\n'],
    ['a head without an end', `HTTP/1.1 200 OK\r\na: ${'x'.repeat(70_000)}`],
  ])('%s', (_, text) => {
    expect(() => read(text)).toThrow();
  });

  test('what nobody has a place for', () => {
    const reader = new AnswerReader(() => null);
    expect(() => reader.take(Buffer.from(whole, 'latin1'))).toThrow('of no use');
  });
});
