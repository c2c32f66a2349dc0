import { expect, it } from 'vitest';
import { buildModules } from './embed.mjs';
import fastcdc from './fastcdc.embedded';
import zstd from './zstd.embedded';

it('carries the modules that its sources and dependencies give', () => {
  const built = buildModules() as { zstd: Buffer; fastcdc: Buffer };
  expect(zstd === built.zstd.toString('base64')).toBe(true);
  expect(fastcdc).toBe(built.fastcdc.toString('base64'));
}, 60_000);
