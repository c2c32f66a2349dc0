import { describe, expect, test } from 'vitest';
import { clientStatus, enrolCommand } from './rules';

const now = new Date('2026-05-01T12:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);

describe('a client', () => {
  test.each([
    ['heard of just now', ago(0), null, 'online'],
    ['heard of 30 seconds ago', ago(30), null, 'online'],
    ['heard of 31 seconds ago', ago(31), null, 'offline'],
    ['never heard of', null, null, 'offline'],
    ['that was revoked a moment ago', ago(0), ago(0), 'revoked'],
  ] as const)('%s is %s', (_, lastHeartbeatAt, revokedAt, expected) => {
    expect(clientStatus({ lastHeartbeatAt, revokedAt }, now)).toBe(expected);
  });

  test('is enrolled by one line that pins the certificate', () => {
    expect(enrolCommand('https://127.0.0.1:8443', 'cve_x', 'ab12')).toBe(
      'crossvault enrol --server https://127.0.0.1:8443 --token cve_x --pin sha256:ab12',
    );
  });
});
