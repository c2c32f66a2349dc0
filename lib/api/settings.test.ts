import { expect, test } from 'vitest';
import { contentSecurityPolicy, securityHeaders } from './content-security';
import { readSettings } from './settings';

const env = {
  DATABASE_URL: 'postgres://x',
  NEXTAUTH_URL: 'https://backup.example.org/',
  NEXTAUTH_SECRET: 'a secret of at least thirty-two characters',
};

test('settings are read from the environment', () => {
  expect(readSettings(env)).toMatchObject({
    publicOrigin: 'https://backup.example.org',
    isSecure: true,
    port: '443',
    trustedProxies: 0,
  });
  expect(readSettings({ ...env, NEXTAUTH_URL: 'http://127.0.0.1:3000' })).toMatchObject({
    isSecure: false,
    port: '3000',
  });
});

test('what is missing or too weak is named, and no value is shown', () => {
  const read = () => readSettings({ ...env, DATABASE_URL: undefined, NEXTAUTH_SECRET: 'hunter2' });
  expect(read).toThrow(/DATABASE_URL.*NEXTAUTH_SECRET/);
  expect(read).not.toThrow(/hunter2/);
});

test('a page runs no script that its response does not name, and is framed by nobody', () => {
  const policy = contentSecurityPolicy('abc', { isSecure: true, isDevelopment: false });
  expect(policy).toContain("script-src 'self' 'nonce-abc' 'strict-dynamic';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe-eval');
  expect(policy).toContain('upgrade-insecure-requests');
  expect(contentSecurityPolicy('abc', { isSecure: false, isDevelopment: false })).not.toContain('upgrade');
});

test('only an https installation tells browsers to insist on https', () => {
  expect(securityHeaders({ isSecure: true })).toHaveProperty('strict-transport-security');
  expect(securityHeaders({ isSecure: false })).not.toHaveProperty('strict-transport-security');
});
