import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { listenTls, makeCertificate, testInstallation } from '@/lib/testing/installation';
import { askEngine, readGatewayPin } from './internal-client';
import { verifyInternalToken } from './internal-token';

const { certificate, secret } = await testInstallation();
const claims = { accountId: '1234567890123456', userId: 'u-1', op: 'entries', pointId: 's-1' } as const;
const Answer = z.object({ entries: z.array(z.string()) });

describe('asking the engine', () => {
  test('sends a token that the engine can check and gives its answer', async () => {
    process.env.ENGINE_URL = await listenTls(certificate, async (request, response) => {
      const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
      const verified = verifyInternalToken(secret, token, 'entries', new Date());
      const asked = JSON.parse(await text(request)) as { path: string };
      response.end(JSON.stringify({ entries: [request.url, asked.path, verified.pointId] }));
    });
    expect(await askEngine(claims, { path: 'a/b' }, Answer, new Date())).toEqual({
      entries: ['/internal/entries', 'a/b', 's-1'],
    });
  });

  test('throws the error that the engine answered', async () => {
    process.env.ENGINE_URL = await listenTls(certificate, (_, response) => {
      response.statusCode = 424;
      response.end(JSON.stringify({ error: { code: 'key_unavailable', message: 'The key is disabled.' } }));
    });
    await expect(askEngine(claims, {}, Answer, new Date())).rejects.toMatchObject({
      code: 'key_unavailable',
      message: 'The key is disabled.',
    });
  });

  test('sends nothing to a server that shows another certificate', async () => {
    let requests = 0;
    process.env.ENGINE_URL = await listenTls(await makeCertificate(), (_, response) => {
      requests += 1;
      response.end('{}');
    });
    await expect(askEngine(claims, {}, Answer, new Date())).rejects.toMatchObject({ code: 'unavailable' });
    expect(requests).toBe(0);
  });

  test('is unavailable when nothing listens or the answer makes no sense', async () => {
    process.env.ENGINE_URL = 'https://127.0.0.1:1';
    await expect(askEngine(claims, {}, Answer, new Date())).rejects.toMatchObject({ code: 'unavailable' });
    process.env.ENGINE_URL = await listenTls(certificate, (_, response) => {
      response.statusCode = 502;
      response.end('<html>');
    });
    await expect(askEngine(claims, {}, Answer, new Date())).rejects.toMatchObject({ code: 'unavailable' });
  });
});

test('the pin is the SHA-256 of the certificate of this installation', async () => {
  expect(await readGatewayPin()).toBe(certificate.pin);
});
