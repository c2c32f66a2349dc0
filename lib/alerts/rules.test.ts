import { describe, expect, it, test } from 'vitest';
import { checkWebhookAddress, retryDelayMs } from './rules';
import { sign } from './send-webhook';

describe('checkWebhookAddress', () => {
  it('takes a public address over TLS', () => {
    expect(() => checkWebhookAddress('https://hooks.example.com/a?b=c', false)).not.toThrow();
  });

  const refused = [
    ['http://hooks.example.com', 'https://'],
    ['https://user:secret@hooks.example.com', 'user and password'],
    ['https://localhost/hook', 'private network'],
    ['https://127.0.0.1/hook', 'private network'],
    ['https://2130706433/hook', 'private network'],
    ['https://0x7f.1/hook', 'private network'],
    ['https://[::ffff:10.0.0.1]/hook', 'private network'],
    ['https://169.254.169.254/latest/meta-data', 'private network'],
  ] as const;
  test.each(refused)('refuses %s', (address, why) => {
    expect(() => checkWebhookAddress(address, false)).toThrow(
      expect.objectContaining({ code: 'invalid_input', fields: { address: expect.stringContaining(why) } }),
    );
  });

  it('takes any of them when the operator allows private endpoints', () => {
    for (const [address] of refused) expect(() => checkWebhookAddress(address, true)).not.toThrow();
  });
});

describe('retryDelayMs', () => {
  it('tries for about a day, ever more rarely, and then gives up', () => {
    const delays: number[] = [];
    for (let attempts = 1; ; attempts++) {
      const delay = retryDelayMs(attempts);
      if (delay === null) break;
      delays.push(delay);
    }
    expect(delays).toEqual(delays.toSorted((a, b) => a - b));
    const hours = delays.reduce((sum, delay) => sum + delay, 0) / 3_600_000;
    expect(hours).toBeGreaterThan(20);
    expect(hours).toBeLessThan(26);
  });
});

describe('sign', () => {
  it('signs as the Standard Webhooks example does', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const body = '{"test": 2432232314}';
    const signature = sign(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, body);
    expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });
});
