import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { emptyPayload, encodeKey, RequestSigner } from './sign-request';

// The examples that the service's own reference publishes.
const signer = new RequestSigner({
  region: 'us-east-1',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
});
const now = new Date('2013-05-24T00:00:00.000Z');
const host = 'examplebucket.s3.amazonaws.com';
const signatureOf = ({ authorization = '' }: Record<string, string>) =>
  /Signature=(.*)$/.exec(authorization)?.[1];

test('a read and a write are signed as the reference has them', () => {
  const read = signer.sign(
    {
      method: 'GET',
      path: '/test.txt',
      query: '',
      headers: { host, range: 'bytes=0-9' },
      payload: emptyPayload,
    },
    now,
  );
  expect(read['x-amz-date']).toBe('20130524T000000Z');
  expect(signatureOf(read)).toBe('f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41');
  const write = signer.sign(
    {
      method: 'PUT',
      path: `/${encodeKey('test$file.text')}`,
      query: '',
      headers: {
        host,
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      },
      payload: createHash('sha256').update('Welcome to Amazon S3.').digest('hex'),
    },
    now,
  );
  expect(signatureOf(write)).toBe('98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd');
});

test('another day has another key', () => {
  const sign = (day: string) =>
    signatureOf(
      signer.sign(
        { method: 'GET', path: '/', query: '', headers: { host }, payload: emptyPayload },
        new Date(day),
      ),
    );
  const [first, second] = [sign('2013-05-24T00:00:00Z'), sign('2013-05-25T00:00:00Z')];
  expect(second).not.toBe(first);
  expect(sign('2013-05-24T00:00:00Z')).toBe(first);
});

test('what a path may not hold is encoded, and slashes stay', () => {
  expect(encodeKey("a b/c+d/(e)*'!/ü//%/../~-_.")).toBe('a%20b/c%2Bd/%28e%29%2A%27%21/%C3%BC//%25/../~-_.');
});
