import { describe, expect, test } from 'vitest';
import { readEnv, requireDatabaseUrl } from './env';

describe('readEnv', () => {
  test('needs nothing: everything lies in .crossvault and listens on this machine only', () => {
    const env = readEnv({});
    expect(env.dataFolder).toBe(`${process.cwd()}/.crossvault`);
    expect(env).toMatchObject({ host: '127.0.0.1', webPort: 3000, gatewayPort: 3443, databaseUrl: null });
    expect(env.gatewayUrl).toBe('https://127.0.0.1:3443');
    expect(env.engineUrl).toBe(env.gatewayUrl);
    expect(env.serviceKeyFile).toBe(`${env.dataFolder}/secrets/service.key`);
  });

  test('takes an empty value as absent', () => {
    expect(readEnv({ CROSSVAULT_PORT: '', DATABASE_URL: '' })).toMatchObject({
      webPort: 3000,
      databaseUrl: null,
    });
  });

  test('derives the addresses from the ports unless they are given', () => {
    expect(readEnv({ CROSSVAULT_GATEWAY_PORT: '9443' }).gatewayUrl).toBe('https://127.0.0.1:9443');
    const env = readEnv({ GATEWAY_URL: 'https://vault.example.org/', ENGINE_URL: 'https://10.0.0.5:3443' });
    expect(env).toMatchObject({
      gatewayUrl: 'https://vault.example.org',
      engineUrl: 'https://10.0.0.5:3443',
    });
  });

  test.each([
    [{ CROSSVAULT_PORT: '70000' }, 'CROSSVAULT_PORT'],
    [{ CROSSVAULT_GATEWAY_PORT: 'x' }, 'CROSSVAULT_GATEWAY_PORT'],
    [{ GATEWAY_URL: 'http://vault.example.org' }, 'GATEWAY_URL'],
  ])('names what is wrong with %o', (from, name) => {
    expect(() => readEnv(from)).toThrow(name);
  });
});

test('requireDatabaseUrl says what is missing', () => {
  expect(() => requireDatabaseUrl(readEnv({}))).toThrow('DATABASE_URL is missing');
});
