import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lookIn } from './find-qemu';
import { withoutQemu } from './machine';

test('a machine without QEMU is one that runs nothing, and says that all else works', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'crossvault-path-'));
  expect(await lookIn([empty, join(empty, 'not-there')])).toEqual({
    program: null,
    version: null,
    accelerator: null,
  });
  await rm(empty, { recursive: true });
  expect(withoutQemu()).toMatchObject({
    code: 'not_eligible',
    reason: 'qemu_not_installed',
    message: expect.stringContaining('Everything else works'),
  });
});
