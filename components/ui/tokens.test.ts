import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('../../app/globals.css', import.meta.url), 'utf8');

function readToken(name: string, theme: 'light' | 'dark'): string {
  const value = css.match(new RegExp(`--color-${name}: ([^;]+);`))?.[1];
  if (!value) throw new Error(`No token ${name}`);
  const [light, dark] = value.match(/#[0-9a-f]{6}/g) ?? [];
  return (theme === 'light' ? light : (dark ?? light))!;
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(first: string, second: string): number {
  const [high, low] = [luminance(first), luminance(second)].sort((a, b) => b - a);
  return (high! + 0.05) / (low! + 0.05);
}

const grounds = ['canvas', 'surface', 'raised', 'sunken', 'hover'];
const textPairs: [string, string][] = [
  ...['ink', 'muted', 'faint', 'accent', 'danger', 'success', 'warning', 'info', 'source', 'target'].flatMap(
    (text) => grounds.map((ground): [string, string] => [text, ground]),
  ),
  ...['accent', 'success', 'warning', 'danger', 'info', 'source', 'target'].flatMap(
    (hue): [string, string][] => [
      [hue, `${hue}-soft`],
      ['ink', `${hue}-soft`],
      ['muted', `${hue}-soft`],
    ],
  ),
  ['on-fill', 'accent-fill'],
  ['on-fill', 'accent-fill-hover'],
  ['on-fill', 'danger-fill'],
  ['on-fill', 'danger-fill-hover'],
  ['bar-ink', 'bar'],
  ['bar-ink', 'bar-hover'],
  ['bar-muted', 'bar'],
  ['bar-muted', 'bar-hover'],
];

describe.each(['light', 'dark'] as const)('%s theme', (theme) => {
  test.each(textPairs)('%s on %s reads at 4.5 : 1 or better', (text, ground) => {
    expect(contrast(readToken(text, theme), readToken(ground, theme))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(['canvas', 'surface', 'raised'])(
    'the edge of a control shows on %s at 3 : 1 or better',
    (ground) => {
      expect(contrast(readToken('line-strong', theme), readToken(ground, theme))).toBeGreaterThanOrEqual(3);
    },
  );
});
