import { createPublicKey, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { newSigningKey } from './signing-key';
import {
  headerLine,
  headLine,
  headText,
  linkHash,
  rowLine,
  type SignedHead,
  verifyExport,
} from './verify-chain';

const accountId = '1234567890123456';
const key = newSigningKey();
const publicKey = createPublicKey({ key: key.publicKey, type: 'spki', format: 'der' });

function chain(texts: string[]) {
  let previous = '0'.repeat(64);
  return texts.map((rowText, i) => {
    const hash = linkHash(accountId, i + 1, previous, rowText);
    const link = { seq: i + 1, previous, hash, rowText };
    previous = hash;
    return link;
  });
}

function signed(seq: number, hash: string, by = key): SignedHead {
  const text = { accountId, seq, hash, signedAt: '2026-01-02T03:04:05.000Z' };
  return {
    ...text,
    keyId: by.id,
    publicKey: by.publicKey.toString('base64'),
    signature: sign(null, Buffer.from(headText(text)), by.privateKey).toString('base64'),
  };
}

const texts = ['a', 'b', 'c', 'd'].map((name) => `{"action": "${name}", "before": null}`);
const links = chain(texts);
const head = signed(4, links[3]!.hash);
const header = headerLine(accountId, '2026-01-02T03:04:05.000Z');
const whole = [header, ...links.map(rowLine), headLine(head)];

async function* from(lines: string[]) {
  yield* lines;
}
const check = (lines: string[], options = {}) => verifyExport(from(lines), options);
const without = (...rows: number[]) => whole.filter((_, i) => !rows.includes(i));

describe('an audit export', () => {
  test('that nobody touched is sound, with the key given or the one it names', async () => {
    expect(await check(whole)).toMatchObject({ accountId, rows: 4, isKeyGiven: false });
    expect(await check(whole, { publicKey })).toMatchObject({ rows: 4, isKeyGiven: true });
  });

  test('of an account without a row is sound too', async () => {
    expect(await check([header, headLine(signed(0, '0'.repeat(64)))], { publicKey })).toMatchObject({
      rows: 0,
    });
  });

  const rewritten = chain(['{"action": "x"}', ...texts.slice(1)]);
  const other = newSigningKey();
  const forged = { ...head, signature: Buffer.alloc(64, 7).toString('base64') };
  const swap = [header, whole[1]!, whole[3]!, whole[2]!, ...whole.slice(4)];
  const changed = whole.map((line, i) => (i === 2 ? line.replace('"b"', '"B"') : line));
  const rehashed = whole.map((line, i) =>
    i === 2
      ? rowLine({
          ...links[1]!,
          rowText: '{"action": "B"}',
          hash: linkHash(accountId, 2, links[0]!.hash, '{"action": "B"}'),
        })
      : line,
  );

  test.each([
    ['a changed row', changed, /^Row 2 was changed/],
    ['a changed row under a new hash', rehashed, /^Row 3 does not follow .* row 2 was rewritten/],
    ['a removed row', without(2), /^Row 2 is missing\.$/],
    ['two removed rows', without(2, 3), /^Row 2 is missing, and all up to row 3\.$/],
    ['a removed first row', without(1), /^Row 1 is missing\.$/],
    ['a removed tail', without(3, 4), /^Row 3 is missing, and all up to row 4\.$/],
    ['a removed head', without(5), /^The file ends after row 4 without a signed head/],
    ['a tail that is cut with its head', without(4, 5), /^The file ends after row 3 without a signed head/],
    ['rows in another order', swap, /^Row 3 is missing|^Row 2 is missing/],
    [
      'a repeated row',
      [...whole.slice(0, 3), whole[2]!, ...whole.slice(3)],
      /^Row 2 stands where row 3 belongs/,
    ],
    ['a row after the head', [...whole, rowLine(links[3]!)], /goes on after its signed head/],
    [
      'a forged head',
      [...whole.slice(0, 5), headLine(forged)],
      /^The signature of the head at row 4 is forged/,
    ],
    [
      'a head of another chain',
      [...whole.slice(0, 5), headLine(signed(4, links[2]!.hash))],
      /^Row 4 is not the one/,
    ],
    [
      'a head signed too early',
      [...whole.slice(0, 5), headLine(signed(3, links[2]!.hash))],
      /^Row 4 was added after/,
    ],
    [
      'a chain that was rewritten from the start',
      [header, ...rewritten.map(rowLine), headLine(head)],
      /^Row 4 is not the one that the head was signed for/,
    ],
    [
      'another account’s rows',
      [headerLine('9999999999999999', 'x'), ...whole.slice(1)],
      /^Row 1 was changed/,
    ],
    [
      'a line that is cut',
      [...whole.slice(0, 2), whole[2]!.slice(0, -4), ...whole.slice(3)],
      /^Row 2 is not a row/,
    ],
  ])('with %s names the first bad row', async (_, lines, message) => {
    await expect(check(lines, { publicKey })).rejects.toMatchObject({
      code: 'corrupt_data',
      message: expect.stringMatching(message),
    });
  });

  test('signed by another installation is refused where the key is given', async () => {
    const lines = [header, ...links.map(rowLine), headLine(signed(4, links[3]!.hash, other))];
    await expect(check(lines, { publicKey })).rejects.toMatchObject({
      message: expect.stringContaining('another key'),
    });
    expect(await check(lines)).toMatchObject({ isKeyGiven: false });
  });

  test('goes on from an earlier one, or is found out', async () => {
    expect(await check(whole, { publicKey, earlier: signed(2, links[1]!.hash) })).toMatchObject({ rows: 4 });
    const again = chain(['{"action": "x"}', ...texts.slice(1)]);
    const resigned = [header, ...again.map(rowLine), headLine(signed(4, again[3]!.hash))];
    await expect(check(resigned, { publicKey })).resolves.toBeDefined();
    await expect(check(resigned, { publicKey, earlier: signed(2, links[1]!.hash) })).rejects.toMatchObject({
      message: expect.stringMatching(/^Row 2 is not the one of the earlier export/),
    });
    const shorter = [header, ...links.slice(0, 2).map(rowLine), headLine(signed(2, links[1]!.hash))];
    await expect(check(shorter, { publicKey, earlier: head })).rejects.toMatchObject({
      message: 'Row 3 is missing, and all up to row 4.',
    });
  });

  test('that is none is called that', async () => {
    await expect(check(['time,action'])).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(check([])).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

test('the hash of a link is fixed for ever', () => {
  expect(linkHash(accountId, 1, '0'.repeat(64), '{"action": "vaults.create"}')).toBe(
    'b56c1d963e9bd418bb65ad9519133a878c37a1d50d5901ce2198bdfbb92a496d',
  );
});
